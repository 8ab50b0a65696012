#include "backends/cuda/driver/library.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "backends/cuda/driver/device.h"
#include "backends/cuda/driver/ptx.h"

namespace bayesbinn::cuda {
namespace {

// CUDA 11.4: the first whose drivers have all that is used here.
constexpr int kOldestDriver = 11040;

// The CUDA version whose drivers were the first to load a text, by its directive `.version`.
int first_driver(const char* ptx) {
  const char* const directive = std::strstr(ptx, "\n.version ");
  int major = 0, minor = 0;
  if (!directive || std::sscanf(directive, "\n.version %d.%d", &major, &minor) != 2) return 0;
  // PTX 6.3 is that of CUDA 10.0, and from 7.0, that of 11.0, on the minor numbers agree; 8.5 was kept for 12.6.
  if (major < 7) return std::max(9000, 10000 + 10 * (minor - 3));
  if (major == 8 && minor >= 6) ++minor;
  return 1000 * (major + 4) + 10 * minor;
}

// Empty, or the name of the first function that the library lacks.
std::string find_functions(void* handle, Api& found) {
#define BB_CUDA_FIND(name, exported, parameters)                                \
  found.name = reinterpret_cast<decltype(found.name)>(dlsym(handle, exported)); \
  if (!found.name) return exported;
  BB_CUDA_FUNCTIONS(BB_CUDA_FIND)
#undef BB_CUDA_FIND
  return {};
}

// Errors after which no call of the context succeeds: a kernel went wrong, or the device did (memory or a link that
// cannot be trusted, illegal addresses and instructions, a time limit, an assertion, the server of several processes).
bool ends_context(Result result) {
  return result == 214 || result == 220 || result == 226 || result == 700 || result == 702 || result == 709 ||
         result == 710 || (result >= 714 && result <= 719) || result == 721 || result == 807 || result == 999;
}

const char* const kInstallDriver = "install the NVIDIA driver, and check the device with nvidia-smi";

Library open_library() {
  static Api functions;
  Library found;
  void* const handle = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    found.problem = "the NVIDIA driver's library libcuda.so.1 was not found";
    found.advice = kInstallDriver;
    return found;
  }
  const std::string missing = find_functions(handle, functions);
  if (functions.driver_get_version) functions.driver_get_version(&found.driver_version);
  if (!missing.empty()) {
    found.problem = "the NVIDIA driver is too old: its libcuda.so.1 has no " + missing;
    found.advice = "install a driver for CUDA " + version_text(needed_driver()) + " or newer";
    return found;
  }
  if (found.driver_version < needed_driver()) {
    found.problem = "the NVIDIA driver is too old: it supports CUDA " + version_text(found.driver_version) +
                    ", needed: " + version_text(needed_driver());
    found.advice = "install a driver for CUDA " + version_text(needed_driver()) + " or newer";
    return found;
  }
  found.api = &functions;  // for `describe`
  const Result started = functions.init(0);
  if (started == kNoDevice) {
    found.problem = "no CUDA device is visible";
    found.advice = "check the device with nvidia-smi, and the variable CUDA_VISIBLE_DEVICES";
  } else if (started != kSuccess) {
    const char* name = nullptr;
    functions.get_error_name(started, &name);
    found.problem = std::string("the NVIDIA driver does not start: ") + (name ? name : std::to_string(started).c_str());
    found.advice = "check the driver with nvidia-smi; its kernel module and its library must be of one version";
  } else if (functions.device_get_count(&found.devices) != kSuccess || found.devices == 0) {
    found.problem = "no CUDA device is visible";
    found.advice = "check the device with nvidia-smi, and the variable CUDA_VISIBLE_DEVICES";
  }
  if (!found.problem.empty()) found.api = nullptr;
  return found;
}

}  // namespace

std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

int needed_driver() {
  int needed = kOldestDriver;
  for (const PtxFile& file : ptx_files()) {
    for (const char* text : {file.compute_75, file.compute_80}) needed = std::max(needed, first_driver(text));
  }
  return needed;
}

const Library& library() {
  static const Library found = open_library();
  return found;
}

const Api& api() {
  const Library& found = library();
  if (found.api) return *found.api;
  throw Error(ErrorCode::device_unavailable, "device \"cuda\": " + found.problem + "; " + found.advice,
              {{"path", "device"}, {"value", "cuda"}, {"accepted", "auto, cpu"}});
}

std::string describe(Result result) {
  const Api* const functions = library().api;
  const char* name = nullptr;
  const char* text = nullptr;
  if (functions) {
    functions->get_error_name(result, &name);
    functions->get_error_string(result, &text);
  }
  return name ? std::string(name) + (text ? std::string(": ") + text : "") : "CUDA error " + std::to_string(result);
}

void check(Result result, const char* expression, const char* file, int line) {
  if (result == kSuccess) return;
  if (ends_context(result)) Device::lose_current();
  throw Error(result == kOutOfMemory ? ErrorCode::out_of_memory : ErrorCode::cuda,
              "cuda: " + describe(result) + " from " + expression + ", " + file + ":" + std::to_string(line),
              {{"result", std::to_string(result)}});
}

}  // namespace bayesbinn::cuda
