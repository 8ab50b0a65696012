// What host and device know of the layout of activations and bits.
#pragma once

#include <cstdint>

#include "base/ceil_divide.h"
#include "base/host_device.h"

namespace bayesbinn::cuda {

constexpr int64_t kBatchMultiple = 16;

BB_FORMULA int64_t batch_stride(int64_t batch) {
  return (batch + kBatchMultiple - 1) / kBatchMultiple * kBatchMultiple;
}

constexpr int kWarp = 32;
// Threads of a block where a kernel has no reason for another number.
constexpr unsigned kThreads = 256;

// Words of `count` bits.
constexpr int64_t bit_words(int64_t count) { return ceil_divide(count, 32); }

}  // namespace bayesbinn::cuda
