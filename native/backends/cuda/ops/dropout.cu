#include "backends/cuda/cuda_backend.h"

namespace bayesbinn::cuda {

#ifndef __CUDACC__

#pragma GCC diagnostic ignored "-Wunused-parameter"
int64_t CudaBackend::mask_bytes(int64_t flags, int64_t batch) const {
  throw Error(ErrorCode::internal, "cuda: mask_bytes is not written yet");
}
void CudaBackend::import_dropout_mask(const uint8_t* host, int64_t flags, int64_t batch, void* mask) {
  throw Error(ErrorCode::internal, "cuda: import_dropout_mask is not written yet");
}
void CudaBackend::dropout(const ChannelBatch& shape, const float* x, const void* mask, double rate, float* y) {
  throw Error(ErrorCode::internal, "cuda: dropout is not written yet");
}
void CudaBackend::draw_dropout(const Draw& draw, const ChannelBatch& shape, const float* x, double rate, void* mask,
                               float* y) {
  throw Error(ErrorCode::internal, "cuda: draw_dropout is not written yet");
}

#endif

}  // namespace bayesbinn::cuda
