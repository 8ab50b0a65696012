#include "backends/cuda/cuda_backend.h"

namespace bayesbinn::cuda {

#ifndef __CUDACC__

#pragma GCC diagnostic ignored "-Wunused-parameter"
int64_t CudaBackend::activation_bytes(int64_t features, int64_t batch) const {
  throw Error(ErrorCode::internal, "cuda: activation_bytes is not written yet");
}
void CudaBackend::import_rows(const float* host, Tensor out, int64_t batch) {
  throw Error(ErrorCode::internal, "cuda: import_rows is not written yet");
}
void CudaBackend::export_rows(Tensor in, float* host, int64_t batch) {
  throw Error(ErrorCode::internal, "cuda: export_rows is not written yet");
}
void CudaBackend::gather(const DeviceDataset& data, const uint32_t* host_indices, int64_t batch, Tensor out,
                         void* targets) {
  throw Error(ErrorCode::internal, "cuda: gather is not written yet");
}
void CudaBackend::import_targets(const void* host, bool labels, int64_t width, int64_t batch, void* targets) {
  throw Error(ErrorCode::internal, "cuda: import_targets is not written yet");
}
int64_t CudaBackend::target_bytes(bool labels, int64_t width, int64_t batch) const {
  throw Error(ErrorCode::internal, "cuda: target_bytes is not written yet");
}

#endif

}  // namespace bayesbinn::cuda
