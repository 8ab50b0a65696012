// Ranges of NVTX: a tool that profiles, such as nsys, injects itself behind them; without one a call is a few instructions.
#include "backends/cuda/cuda_backend.h"

#if BAYESBINN_NVTX
#include <nvtx3/nvToolsExt.h>
#endif

namespace bayesbinn::cuda {

#if BAYESBINN_NVTX

void CudaBackend::begin_range(const char* name) { nvtxRangePushA(name); }
void CudaBackend::end_range() noexcept { nvtxRangePop(); }

#else

void CudaBackend::begin_range(const char*) {}
void CudaBackend::end_range() noexcept {}

#endif

}  // namespace bayesbinn::cuda
