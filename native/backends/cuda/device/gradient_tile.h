// What a block computes of a weight gradient, and how its warps multiply two operands in shared memory.
#pragma once

#include "backends/cuda/device/bf16_terms.h"
#include "backends/cuda/device/kernel.h"
#include "backends/cuda/device/mma.h"
#include "backends/cuda/device/step_buffer.h"

namespace bayesbinn::cuda {

// What a block computes, and a warp of it.
template <int kTileRows, int kTileColumns, int kWarpRows, int kWarpColumns>
struct GradientTile {
  static constexpr int rows = kTileRows, columns = kTileColumns;
  static constexpr int warp_rows = kWarpRows, warp_columns = kWarpColumns;
  static constexpr int warps_across = columns / warp_columns;
  // Products of a warp, by the size of the instruction.
  static constexpr int down = warp_rows / 16, across = warp_columns / 8;
  static constexpr unsigned threads = rows / warp_rows * warps_across * kWarp;
};

#ifdef __CUDACC__

// sum += the step's products; sums lie as multiply_add_bf16 leaves them. kTerms 0: in float32 arithmetic.
template <class Tile, int kTerms>
__device__ __forceinline__ void multiply_step(const float* rows, const float* columns,
                                              float (&sum)[Tile::down][Tile::across][4]) {
  const int first_row = warp_index() / Tile::warps_across * Tile::warp_rows + lane_index() / 4;
  const int first_column = warp_index() % Tile::warps_across * Tile::warp_columns;
  if constexpr (kTerms == 0) {
#pragma unroll 1
    for (int q = 0; q < kStepQuads; ++q) {
      float4 a[Tile::down][2];
#pragma unroll
      for (int i = 0; i < 2 * Tile::down; ++i) a[i / 2][i % 2] = quad_of(rows, first_row + 8 * i, q);
#pragma unroll
      for (int j = 0; j < 2 * Tile::across; ++j) {
        const float4 b = quad_of(columns, first_column + j / 2 * 8 + lane_index() % 4 * 2 + j % 2, q);
#pragma unroll
        for (int i = 0; i < 2 * Tile::down; ++i) {
          float& s = sum[i / 2][j / 2][i % 2 * 2 + j % 2];
          const float4& v = a[i / 2][i % 2];
          s = fmaf(v.w, b.w, fmaf(v.z, b.z, fmaf(v.y, b.y, fmaf(v.x, b.x, s))));
        }
      }
    }
  } else {
    // A product takes four quads; which of the depth are neighbours in it does not matter, but that both operands agree.
#pragma unroll 1
    for (int first = 0; first < kStepQuads; first += 4) {
      const int q = first + lane_index() % 4;
      uint32_t b[Tile::across][kTerms][2];
#pragma unroll
      for (int j = 0; j < Tile::across; ++j) {
        const float4 quad = quad_of(columns, first_column + 8 * j + lane_index() / 4, q);
        const auto low = split_pair<kTerms>(quad.x, quad.y), high = split_pair<kTerms>(quad.z, quad.w);
#pragma unroll
        for (int t = 0; t < kTerms; ++t) b[j][t][0] = low.term[t], b[j][t][1] = high.term[t];
      }
#pragma unroll
      for (int i = 0; i < Tile::down; ++i) {
        uint32_t a[kTerms][4];
#pragma unroll
        for (int half = 0; half < 2; ++half) {
          const float4 quad = quad_of(rows, first_row + 16 * i + 8 * half, q);
          const auto low = split_pair<kTerms>(quad.x, quad.y), high = split_pair<kTerms>(quad.z, quad.w);
#pragma unroll
          for (int t = 0; t < kTerms; ++t) a[t][half] = low.term[t], a[t][half + 2] = high.term[t];
        }
        // Tensor cores cut off what does not fit: sums that are carried on are float32's own. Two chains at a time take
        // few registers; the other warps fill the pauses.
#pragma unroll
        for (int j = 0; j < Tile::across; j += 2) {
          float part[2][4] = {};
#pragma unroll
          for (int both = kTerms - 1; both >= 0; --both) {
#pragma unroll
            for (int t = both; t >= 0; --t) {
              multiply_add_bf16(part[0], a[t], b[j][both - t][0], b[j][both - t][1]);
              multiply_add_bf16(part[1], a[t], b[j + 1][both - t][0], b[j + 1][both - t][1]);
            }
          }
#pragma unroll
          for (int c = 0; c < 8; ++c) sum[i][j + c / 4][c % 4] += part[c / 4][c % 4];
        }
      }
    }
  }
}

#endif

}  // namespace bayesbinn::cuda
