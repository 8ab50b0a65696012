// The innermost part of a dense product, over panels: a few rows, or columns, of a matrix side by side, so that what is
// read goes straight through memory. The sums of a tile stay in registers.
#pragma once

#include "backends/cpu/simd.h"

namespace bayesbinn::BAYESBINN_ISA {

// Of a tile: as many as there are registers for.
constexpr int64_t kPanelRows = kVectorBytes == 64 ? 8 : 4;
constexpr int64_t kPanelColumns = 2 * kLanes;
constexpr int64_t kTileFloats = kPanelRows * kPanelColumns;

// tile[row][column] += sum over k of a[k][row] b[k][column], k below `depth`. b is two vectors each k, `step` floats on
// from those before; they and tile begin on vectors.
inline void panel_product(const float* a, const float* b_left, const float* b_right, int64_t step, int64_t depth,
                          float* tile) {
  FloatVector left[kPanelRows] = {}, right[kPanelRows] = {};
  for (int64_t k = 0; k < depth; ++k) {
    const FloatVector to_left = load(b_left + k * step);
    const FloatVector to_right = load(b_right + k * step);
#pragma GCC unroll 8
    for (int64_t row = 0; row < kPanelRows; ++row) {
      left[row] += a[k * kPanelRows + row] * to_left;
      right[row] += a[k * kPanelRows + row] * to_right;
    }
  }
#pragma GCC unroll 8
  for (int64_t row = 0; row < kPanelRows; ++row) {
    float* const place = tile + row * kPanelColumns;
    store(place, load(place) + left[row]);
    store(place + kLanes, load(place + kLanes) + right[row]);
  }
}

}  // namespace bayesbinn::BAYESBINN_ISA
