// Samples lie innermost in activations; products over samples want channels innermost, in panels (panel_product.h).
#pragma once

#include <algorithm>
#include <span>

#include "backends/cpu/simd.h"
#include "base/ceil_divide.h"

namespace bayesbinn::BAYESBINN_ISA {

// Rows side by side to columns side by side: as many rounds of interleaving the upper with the lower half of the rows
// as a lane's number has bits.
__attribute__((always_inline)) inline void transpose_square(FloatVector (&rows)[kLanes]) {
  typedef int32_t Places __attribute__((vector_size(kVectorBytes)));
  Places low, high;
#pragma GCC unroll 16
  for (int32_t i = 0; i < kLanes; ++i) {
    low[i] = i / 2 + i % 2 * static_cast<int32_t>(kLanes);
    high[i] = low[i] + static_cast<int32_t>(kLanes) / 2;
  }
#pragma GCC unroll 4
  for (int64_t round = 1; round < kLanes; round *= 2) {
    FloatVector next[kLanes];
#pragma GCC unroll 8
    for (int64_t i = 0; i < kLanes / 2; ++i) {
      next[2 * i] = __builtin_shuffle(rows[i], rows[i + kLanes / 2], low);
      next[2 * i + 1] = __builtin_shuffle(rows[i], rows[i + kLanes / 2], high);
    }
#pragma GCC unroll 16
    for (int64_t i = 0; i < kLanes; ++i) rows[i] = next[i];
  }
}

// panels[channel / width][places[s]][channel % width] = row_of(channel)[s] where places[s] is not negative, 0 for the
// channels that the last panel lacks. Panels lie `panel_floats` apart.
template <int64_t width, class RowOf>
void to_panels(int64_t channels, std::span<const int64_t> places, RowOf&& row_of, int64_t panel_floats, float* panels) {
  constexpr int64_t kPart = std::min(width, kLanes);
  const int64_t padded = ceil_divide(channels, width) * width;
  const auto samples = static_cast<int64_t>(places.size());
  for (int64_t c = 0; c < padded; c += kLanes) {
    const int64_t rows = std::clamp<int64_t>(channels - c, 0, kLanes);
    const float* row[kLanes];
    for (int64_t i = 0; i < rows; ++i) row[i] = row_of(c + i);
    for (int64_t s = 0; s < samples; s += kLanes) {
      const int64_t count = std::min(kLanes, samples - s);
      FloatVector block[kLanes] = {};
      for (int64_t i = 0; i < rows; ++i) block[i] = load_part(row[i] + s, count);
      transpose_square(block);
      for (int64_t part = 0; part < kLanes && c + part < padded; part += kPart) {
        float* const to = panels + (c + part) / width * panel_floats + (c + part) % width;
        for (int64_t i = 0; i < count; ++i) {
          const int64_t place = places[static_cast<size_t>(s + i)];
          if (place >= 0) std::copy_n(reinterpret_cast<const float*>(&block[i]) + part, kPart, to + place * width);
        }
      }
    }
  }
}

}  // namespace bayesbinn::BAYESBINN_ISA
