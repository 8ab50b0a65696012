// A library for LD_PRELOAD under which calls of the CUDA driver fail: BAYESBINN_FAILING_CALL="cuMemAlloc_v2 3 2" makes the
// third call from now on give 2, CUDA_ERROR_OUT_OF_MEMORY, in place of what it does; with "trap" for the number a kernel
// that is no good goes first, which ends the context. A program may change the variable as it runs; BAYESBINN_FAILED_CALL is
// its value from the failure on.
#include <dlfcn.h>

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>
#include <string>

#include "backends/cuda/driver/api.h"

namespace bayesbinn::cuda {
namespace {

void* original(void* handle, const char* name) {
  using Find = void* (*)(void*, const char*);
  static const auto find = [] {
    void* found = nullptr;
    for (const char* version : {"GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5"}) {
      if (!found) found = dlvsym(RTLD_NEXT, "dlsym", version);
    }
    return reinterpret_cast<Find>(found);
  }();
  return find(handle, name);
}

void* driver = nullptr;  // where the functions were looked up

void trap() {
  constexpr const char* kKernel =
      ".version 6.3\n.target sm_75\n.address_size 64\n.visible .entry failing() { trap; }\n";
  ModuleHandle module = nullptr;
  FunctionHandle function = nullptr;
  Api api;
#define BB_FIND(name, exported, parameters) api.name = reinterpret_cast<decltype(api.name)>(original(driver, exported));
  BB_CUDA_FUNCTIONS(BB_FIND)
#undef BB_FIND
  api.module_load_data(&module, kKernel, 0, nullptr, nullptr);
  api.module_get_function(&function, module, "failing");
  api.launch_kernel(function, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, nullptr);
}

// What a call is to give in place of what it does.
std::optional<Result> failure_of(const char* function) {
  static std::mutex counting;
  static std::string order;
  static int calls = 0;
  static bool capturing = false;
  const std::lock_guard lock(counting);
  const char* const set = std::getenv("BAYESBINN_FAILING_CALL");
  const char* const given = set ? set : "";
  if (order != given) {
    order = given;
    calls = 0;
  }
  // What is captured does nothing yet.
  const auto is = [&](const char* name) { return std::strcmp(function, name) == 0; };
  capturing = is("cuStreamBeginCapture_v2") || (capturing && !is("cuStreamEndCapture"));
  const size_t length = std::strlen(function);
  if (order.compare(0, length + 1, std::string(function) + ' ') != 0) return {};
  char* result = nullptr;
  const long failing = std::strtol(order.c_str() + length + 1, &result, 10);
  const bool traps = std::strcmp(result, " trap") == 0;
  if ((traps && capturing) || ++calls != failing) return {};
  setenv("BAYESBINN_FAILED_CALL", given, 1);
  if (!traps) return static_cast<Result>(std::strtol(result, nullptr, 10));
  trap();
  return {};
}

template <class Function, class Signature>
struct Failing;

template <class Function, class... Arguments>
struct Failing<Function, Result (*)(Arguments...)> {
  static inline Result (*real)(Arguments...) = nullptr;
  static Result call(Arguments... arguments) {
    const std::optional<Result> failure = failure_of(Function::kName);
    if (!failure) return real(arguments...);
    // Its errors end the capture all the same.
    if (std::strcmp(Function::kName, "cuStreamEndCapture") == 0) real(arguments...);
    return *failure;
  }
};

#define BB_NAME(name, exported, parameters)        \
  struct Function_##name {                         \
    static constexpr const char* kName = exported; \
  };
BB_CUDA_FUNCTIONS(BB_NAME)
#undef BB_NAME

}  // namespace
}  // namespace bayesbinn::cuda

extern "C" __attribute__((visibility("default"))) void* dlsym(void* handle, const char* name) noexcept {
  using namespace bayesbinn::cuda;
#define BB_REPLACE(function, exported, parameters)                                             \
  if (std::strcmp(name, exported) == 0) {                                                      \
    using Replacement = Failing<Function_##function, decltype(Api::function)>;                 \
    driver = handle;                                                                           \
    Replacement::real = reinterpret_cast<decltype(Replacement::real)>(original(handle, name)); \
    return Replacement::real ? reinterpret_cast<void*>(Replacement::call) : nullptr;           \
  }
  BB_CUDA_FUNCTIONS(BB_REPLACE)
#undef BB_REPLACE
  return original(handle, name);
}
