// What host and device know of the layout of activations and bits.
#pragma once

#include <cstdint>

#include "base/ceil_divide.h"
#include "base/host_device.h"

namespace bayesbinn::cuda {

// Floats from a feature to the next: 16 bytes, 32, or a multiple of 64, so that small batches of large images take no more
// memory than they need.
BB_FORMULA int64_t batch_stride(int64_t batch) {
  const int64_t multiple = batch <= 4 ? 4 : batch <= 8 ? 8 : 16;
  return (batch + multiple - 1) / multiple * multiple;
}

constexpr int kWarp = 32;
// Threads of a block where a kernel has no reason for another number.
constexpr unsigned kThreads = 256;

// Words of `count` bits.
constexpr int64_t bit_words(int64_t count) { return ceil_divide(count, 32); }

}  // namespace bayesbinn::cuda
