#include "backends/cuda/cuda_backend.h"

namespace bayesbinn::cuda {

#ifndef __CUDACC__

#pragma GCC diagnostic ignored "-Wunused-parameter"
void CudaBackend::gather_resampled(const DeviceDataset& data, const uint32_t* host_indices, int64_t batch,
                                   const Resampling& resampling, Tensor out, void* targets) {
  throw Error(ErrorCode::internal, "cuda: gather_resampled is not written yet");
}

#endif

}  // namespace bayesbinn::cuda
