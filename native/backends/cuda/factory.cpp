// The CUDA backend for those who make one.
#include "backends/cuda/cuda_backend.h"

namespace bayesbinn {
namespace {

CudaDevice described(int ordinal) {
  const cuda::DeviceFacts facts = cuda::device_facts(ordinal);
  const char* const ptx = facts.too_old() ? "" : facts.ampere() ? "compute_80" : "compute_75";
  return {ordinal, facts.name, facts.capability_text(), facts.memory_bytes, ptx};
}

}  // namespace

DeviceStatus cuda_status(bool stays_open) {
  const cuda::Library& library = cuda::library();
  DeviceStatus status;
  status.built = true;
  status.driver_needed = cuda::version_text(cuda::needed_driver());
  if (library.driver_version > 0) status.driver_found = cuda::version_text(library.driver_version);
  status.reason = library.problem;
  status.advice = library.advice;
  if (!library.problem.empty()) return status;
  try {
    for (int ordinal = 0; ordinal < library.devices; ++ordinal) status.devices.push_back(described(ordinal));
    status.reason = cuda::Device::open(0, stays_open)->name();
    status.usable = true;
  } catch (const Error& error) {
    status.reason = error.what();
    status.advice = "check the device with nvidia-smi; the variable CUDA_VISIBLE_DEVICES chooses among several";
  }
  return status;
}

std::unique_ptr<Backend> make_cuda_backend(int ordinal, const CudaOptions& options) {
  return std::make_unique<cuda::CudaBackend>(cuda::Device::open(ordinal), options);
}

}  // namespace bayesbinn
