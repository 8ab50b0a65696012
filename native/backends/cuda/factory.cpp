// The CUDA backend for those who make one.
#include "backends/cuda/cuda_backend.h"

namespace bayesbinn {

DeviceStatus cuda_status() {
  const cuda::Library& library = cuda::library();
  if (!library.problem.empty()) return {true, false, library.problem};
  try {
    const auto device = cuda::Device::open(0);
    return {true, true, device->name()};
  } catch (const Error& error) {
    return {true, false, error.what()};
  }
}

std::unique_ptr<Backend> make_cuda_backend() { return std::make_unique<cuda::CudaBackend>(cuda::Device::open(0)); }

}  // namespace bayesbinn
