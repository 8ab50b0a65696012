// Stands in for the CUDA backend where it is not compiled in.
#include "backends/backend.h"
#include "base/error.h"

namespace bayesbinn {

DeviceStatus cuda_status(bool) { return {false, false, "this build has no CUDA backend"}; }

std::unique_ptr<Backend> make_cuda_backend(int, const CudaOptions&) {
  throw Error(ErrorCode::device_unavailable,
              "device \"cuda\": " + cuda_status(false).reason + ", accepted: \"auto\", \"cpu\"",
              {{"path", "device"}, {"value", "cuda"}, {"accepted", "auto, cpu"}});
}

}  // namespace bayesbinn
