#include "backends/cuda/cuda_backend.h"

namespace bayesbinn::cuda {

#ifndef __CUDACC__

#pragma GCC diagnostic ignored "-Wunused-parameter"
int64_t CudaBackend::winner_bytes(const PoolShape& shape) const {
  throw Error(ErrorCode::internal, "cuda: winner_bytes is not written yet");
}
void CudaBackend::max_pool2d(const PoolShape& shape, const float* x, float* y, void* winners) {
  throw Error(ErrorCode::internal, "cuda: max_pool2d is not written yet");
}
void CudaBackend::max_pool2d_gradient(const PoolShape& shape, const float* dy, const void* winners, float* dx) {
  throw Error(ErrorCode::internal, "cuda: max_pool2d_gradient is not written yet");
}
void CudaBackend::average_pool2d(const PoolShape& shape, const float* x, float* y) {
  throw Error(ErrorCode::internal, "cuda: average_pool2d is not written yet");
}
void CudaBackend::average_pool2d_gradient(const PoolShape& shape, const float* dy, float* dx) {
  throw Error(ErrorCode::internal, "cuda: average_pool2d_gradient is not written yet");
}

#endif

}  // namespace bayesbinn::cuda
