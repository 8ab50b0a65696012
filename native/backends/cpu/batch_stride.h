// How samples lie in activations: innermost, [features][stride]. The stride is the batch rounded up to 16, so that every
// feature starts on a cache line and loops over samples vectorise. Small batches, which often are large images, have a
// stride of 4 or 8 instead: most of memory would hold nothing otherwise, and most of each vector. Vectors then hold
// several pixels. Entries beyond the batch hold no meaning.
#pragma once

#include <cstdint>

namespace bayesbinn::BAYESBINN_ISA {

constexpr int64_t kBatchMultiple = 16;
constexpr int64_t kLeastStride = 4;

inline int64_t batch_stride(int64_t batch) {
  if (batch <= kLeastStride) return kLeastStride;
  if (batch <= 2 * kLeastStride) return 2 * kLeastStride;
  return (batch + kBatchMultiple - 1) / kBatchMultiple * kBatchMultiple;
}

}  // namespace bayesbinn::BAYESBINN_ISA
