// The driver's library, opened at first use.
#pragma once

#include <string>

#include "backends/cuda/driver/api.h"
#include "base/error.h"

namespace bayesbinn::cuda {

// What was found when the process first looked: `api` is there where `problem` is empty.
struct Library {
  const Api* api = nullptr;
  int driver_version = 0;  // 1000 major + 10 minor of the CUDA version that the driver supports
  int devices = 0;
  std::string problem;  // why no device can be used
  std::string advice;
};

const Library& library();

// The oldest driver that has every function in use and can load every kernel, as `driver_version`.
int needed_driver();
std::string version_text(int version);  // "11.4" of 11040

// The driver's functions. ERR_DEVICE_UNAVAILABLE where there are none, or no device.
const Api& api();

// "CUDA_ERROR_OUT_OF_MEMORY: out of memory"
std::string describe(Result result);

// Throws ERR_CUDA, or ERR_OUT_OF_MEMORY, where a call failed; `expression` is the call as written.
void check(Result result, const char* expression, const char* file, int line);

#define BB_CUDA(expression) ::bayesbinn::cuda::check((expression), #expression, __FILE_NAME__, __LINE__)

}  // namespace bayesbinn::cuda
