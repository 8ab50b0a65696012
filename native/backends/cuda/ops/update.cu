#include "backends/cuda/cuda_backend.h"

namespace bayesbinn::cuda {

#ifndef __CUDACC__

#pragma GCC diagnostic ignored "-Wunused-parameter"
void CudaBackend::consume_gradient(const GradientTarget& target, int64_t offset, const float* gradient, int64_t count) {
  throw Error(ErrorCode::internal, "cuda: consume_gradient is not written yet");
}

#endif

}  // namespace bayesbinn::cuda
