// Sums in double over the values of a channel, [positions][stride]: vectorised, whatever the stride, and the same bits on
// every run.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "backends/backend.h"
#include "backends/cpu/batch_stride.h"

namespace bayesbinn::BAYESBINN_ISA {

// Four values: every stride is a multiple of it.
typedef float FourFloats __attribute__((vector_size(4 * sizeof(float))));
typedef double FourDoubles __attribute__((vector_size(4 * sizeof(double))));

inline __attribute__((always_inline)) FourFloats load_four(const float* from) {
  FourFloats value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// Sums over all positions and the samples of the batch. terms(i, sum): adds those of the values i..i+3 to sum[0] ...
template <size_t count, class Terms>
inline std::array<double, count> channel_sums(const ChannelBatch& shape, Terms&& terms) {
  constexpr int64_t kQuads = kBatchMultiple / 4;
  const int64_t stride = batch_stride(shape.batch);
  FourDoubles lanes[kQuads][count] = {};
  // Small batches fill the same lanes at every position, so that whole lanes can be left out at the end; of larger ones
  // a last quad that is not full has lanes of its own.
  const bool together = stride <= kBatchMultiple || shape.batch == stride;
  const int64_t run = together ? shape.shape.spatial * stride : shape.batch / 4 * 4;
  FourDoubles last[count] = {};
  for (int64_t first = 0; first < shape.shape.spatial * stride; first += together ? run : stride) {
    int64_t i = 0;
    for (; i + kBatchMultiple <= run; i += kBatchMultiple) {
#pragma GCC unroll 4
      for (int64_t q = 0; q < kQuads; ++q) terms(first + i + 4 * q, lanes[q]);
    }
    for (int64_t q = 0; i < run; i += 4, ++q) terms(first + i, lanes[q]);
    if (!together && run < shape.batch) terms(first + run, last);
  }
  std::array<double, count> sums = {};
  for (size_t k = 0; k < count; ++k) {
    for (int64_t l = 0; l < kBatchMultiple; ++l) {
      if (!together || shape.batch == stride || l % stride < shape.batch) sums[k] += lanes[l / 4][k][l % 4];
    }
    for (int64_t l = 0; !together && l < shape.batch % 4; ++l) sums[k] += last[k][l];
  }
  return sums;
}

}  // namespace bayesbinn::BAYESBINN_ISA
