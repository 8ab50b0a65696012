#include "backends/cuda/cuda_backend.h"

namespace bayesbinn::cuda {

#ifndef __CUDACC__

#pragma GCC diagnostic ignored "-Wunused-parameter"
LossSums CudaBackend::loss(const LossCall& call) { throw Error(ErrorCode::internal, "cuda: loss is not written yet"); }
void CudaBackend::predictions(int formula, bool link, ChannelShape shape, const float* outputs, int64_t batch,
                              float* host) {
  throw Error(ErrorCode::internal, "cuda: predictions is not written yet");
}
LossSums CudaBackend::loss_of_predictions(const LossCall& call, const float* host_predictions) {
  throw Error(ErrorCode::internal, "cuda: loss_of_predictions is not written yet");
}

#endif

}  // namespace bayesbinn::cuda
