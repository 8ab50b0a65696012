#include "backends/cuda/cuda_backend.h"

namespace bayesbinn::cuda {

#ifndef __CUDACC__

#pragma GCC diagnostic ignored "-Wunused-parameter"
void CudaBackend::linear_weight_gradient(const LinearShape& shape, const float* dy, const float* x,
                                         const GradientTarget& target) {
  throw Error(ErrorCode::internal, "cuda: linear_weight_gradient is not written yet");
}
void CudaBackend::conv2d_weight_gradient(const ConvShape& shape, const float* dy, const float* x,
                                         const GradientTarget& target) {
  throw Error(ErrorCode::internal, "cuda: conv2d_weight_gradient is not written yet");
}

#endif

}  // namespace bayesbinn::cuda
