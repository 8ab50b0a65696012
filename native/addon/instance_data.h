// What the addon keeps for each environment (the main thread, a worker) until that ends.
#pragma once

#include <napi.h>

#include <memory>

#include "backends/backend.h"

namespace bayesbinn::addon {

struct InstanceData {
  Napi::FunctionReference float32_array;
  // Computes nothing, but keeps the device open between kernel calls: its context, and the kernels that were loaded.
  std::unique_ptr<Backend> open_cuda;
};

}  // namespace bayesbinn::addon
