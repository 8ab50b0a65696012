#include "backends/cuda/cuda_backend.h"

namespace bayesbinn::cuda {

#ifndef __CUDACC__

#pragma GCC diagnostic ignored "-Wunused-parameter"
void CudaBackend::count_values(const OptimizerPass& pass, const Distribution& distribution, int64_t bins,
                               int64_t* counts) {
  throw Error(ErrorCode::internal, "cuda: count_values is not written yet");
}

#endif

}  // namespace bayesbinn::cuda
