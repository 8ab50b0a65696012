#include "backends/cuda/cuda_backend.h"

namespace bayesbinn::cuda {

#ifndef __CUDACC__

#pragma GCC diagnostic ignored "-Wunused-parameter"
void CudaBackend::bias_gradient(const ChannelBatch& shape, const float* dy, const GradientTarget& target) {
  throw Error(ErrorCode::internal, "cuda: bias_gradient is not written yet");
}

#endif

}  // namespace bayesbinn::cuda
