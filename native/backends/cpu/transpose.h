// Samples lie innermost in activations; products over samples want the channels innermost.
#pragma once

#include <algorithm>

#include "backends/cpu/simd.h"

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

// out[sample][channel] = in[channel][sample]. Channels lie in_stride floats apart, on cache lines, with room for whole
// vectors of samples; samples of `out` lie `channels` floats apart.
inline void channels_innermost(const float* in, int64_t in_stride, int64_t channels, int64_t samples, float* out) {
  for (int64_t c = 0; c < channels; c += kLanes) {
    const int64_t rows = std::min(kLanes, channels - c);
    for (int64_t s = 0; s < samples; s += kLanes) {
      FloatVector block[kLanes] = {};
      for (int64_t i = 0; i < rows; ++i) block[i] = load(in + (c + i) * in_stride + s);
      transpose_square(block);
      const int64_t count = std::min(kLanes, samples - s);
      for (int64_t i = 0; i < count; ++i) {
        std::copy_n(reinterpret_cast<const float*>(&block[i]), rows, out + (s + i) * channels + c);
      }
    }
  }
}

}  // namespace bayesbinn::BAYESBINN_ISA
