// What kernels of losses share: there is one of each kind for each loss, for every sample and position of a batch.
#pragma once

#include <cstdint>

#include "backends/backend.h"
#include "backends/cuda/device/layout.h"
#include "losses/list.h"

// The kernel of a kind (loss, link, ...) for a loss, and its name.
#define BB_LOSS_KERNEL(kind, Loss) kind##_##Loss##_kernel
#define BB_LOSS_KERNEL_TEXT(kernel) #kernel
#define BB_LOSS_KERNEL_NAME(kernel) BB_LOSS_KERNEL_TEXT(kernel)

namespace bayesbinn::cuda {

// Where a sample's outputs at one position are: in activations, or in rows, one a sample.
struct LossPlace {
  int64_t position, sample;
};

// Threads are numbered with samples innermost.
BB_FORMULA LossPlace loss_place(int64_t index, int64_t batch) { return {index / batch, index % batch}; }

template <class T>
BB_FORMULA Column<T> activation_column(T* data, const LossPlace& at, const ChannelShape& shape, int64_t batch) {
  const int64_t stride = batch_stride(batch);
  return {data + at.position * stride + at.sample, shape.spatial * stride, static_cast<int>(shape.channels)};
}

template <class T>
BB_FORMULA Column<T> row_column(T* rows, const LossPlace& at, const ChannelShape& shape) {
  return {rows + at.sample * shape.channels * shape.spatial + at.position, shape.spatial,
          static_cast<int>(shape.channels)};
}

}  // namespace bayesbinn::cuda
