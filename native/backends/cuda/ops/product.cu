#include "backends/cuda/cuda_backend.h"

namespace bayesbinn::cuda {

#ifndef __CUDACC__

#pragma GCC diagnostic ignored "-Wunused-parameter"
void CudaBackend::linear(const LinearShape& shape, const float* x, Weights weights, const float* bias, float* y) {
  throw Error(ErrorCode::internal, "cuda: linear is not written yet");
}
void CudaBackend::linear_input_gradient(const LinearShape& shape, const float* dy, Weights weights, float* dx) {
  throw Error(ErrorCode::internal, "cuda: linear_input_gradient is not written yet");
}
void CudaBackend::conv2d(const ConvShape& shape, const float* x, Weights weights, const float* bias, float* y) {
  throw Error(ErrorCode::internal, "cuda: conv2d is not written yet");
}
void CudaBackend::conv2d_input_gradient(const ConvShape& shape, const float* dy, Weights weights, const float* bias,
                                        float* dx) {
  throw Error(ErrorCode::internal, "cuda: conv2d_input_gradient is not written yet");
}
int64_t CudaBackend::conv2d_scratch_bytes(const ConvShape& shape) const {
  throw Error(ErrorCode::internal, "cuda: conv2d_scratch_bytes is not written yet");
}

#endif

}  // namespace bayesbinn::cuda
