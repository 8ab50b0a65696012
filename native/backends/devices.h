// What a program can choose from: devices and their backends, instruction sets, the BLAS.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "backends/cuda_options.h"

namespace bayesbinn {

class Backend;

struct CudaDevice {
  int index;
  std::string name;
  std::string capability;  // "8.0"
  int64_t memory_bytes;
  std::string ptx;  // "compute_80": the kernels that it runs; empty: it is too old for any
};

struct DeviceStatus {
  bool built = false;
  bool usable = false;  // the first device can be used now
  std::string reason;
  std::string advice = {};         // what to do where it is not usable
  std::string driver_found = {};   // CUDA version that the driver supports, "13.0"; empty: there is no driver
  std::string driver_needed = {};  // empty: not built
  std::vector<CudaDevice> devices = {};
};

// The first device is opened to see whether that works; it may stay open for who comes next.
DeviceStatus cuda_status(bool stays_open);
// `threads`: compute threads of the session. ERR_OPTION_RANGE where BAYESBINN_INSTRUCTION_SET names none that can be
// used; make_cuda_backend: `ordinal` as the driver counts devices, ERR_DEVICE_UNAVAILABLE.
std::unique_ptr<Backend> make_cpu_backend(int threads);
std::unique_ptr<Backend> make_cuda_backend(int ordinal, const CudaOptions& options);

struct InstructionSetStatus {
  std::string name;
  bool usable;
  bool chosen;
};
std::vector<InstructionSetStatus> instruction_sets();

// What the environment variable BAYESBINN_INSTRUCTION_SET asked for when the process first looked at it.
struct InstructionSetRequest {
  std::string value;    // empty: nothing
  std::string problem;  // why it cannot be had; empty: it is what was chosen
};
InstructionSetRequest instruction_set_request();

struct BlasStatus {
  std::string description;  // name and configuration, or "built-in"
  bool concurrent;          // false: its products run one after another, whatever the number of threads
};
BlasStatus blas_status();

}  // namespace bayesbinn
