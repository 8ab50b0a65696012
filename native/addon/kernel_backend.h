// The backend that a kernel call computes on.
#pragma once

#include <napi.h>

#include <memory>

#include "addon/arguments.h"
#include "backends/backend.h"

namespace bayesbinn::addon {

// On the CPU, with the `threads` of the call.
inline std::unique_ptr<Backend> backend_of(const Napi::Object& call) {
  constexpr int kMaxThreads = 256;
  return make_cpu_backend(static_cast<int>(integer_of(call, "threads", 1, kMaxThreads)));
}

}  // namespace bayesbinn::addon
