#include "backends/cuda/cuda_backend.h"

namespace bayesbinn::cuda {

#ifndef __CUDACC__

#pragma GCC diagnostic ignored "-Wunused-parameter"
void CudaBackend::batch_norm_train(const ChannelBatch& shape, const BatchNormParameters& parameters, const float* x,
                                   float* y, float* mean, float* inverse_deviation, float* running_mean,
                                   float* running_variance) {
  throw Error(ErrorCode::internal, "cuda: batch_norm_train is not written yet");
}
void CudaBackend::batch_norm_eval(const ChannelBatch& shape, const BatchNormParameters& parameters, const float* x,
                                  float* y, float* mean, float* inverse_deviation, const float* running_mean,
                                  const float* running_variance) {
  throw Error(ErrorCode::internal, "cuda: batch_norm_eval is not written yet");
}
void CudaBackend::batch_norm_gradient(const ChannelBatch& shape, const BatchNormParameters& parameters,
                                      bool batch_statistics, const float* x, const float* y, const float* dy,
                                      const float* mean, const float* inverse_deviation, float* dx,
                                      const GradientTarget& gain, const GradientTarget& bias) {
  throw Error(ErrorCode::internal, "cuda: batch_norm_gradient is not written yet");
}

#endif

}  // namespace bayesbinn::cuda
