// What the addon keeps for each environment (the main thread, a worker) until that ends.
#pragma once

#include <napi.h>

namespace bayesbinn::addon {

struct InstanceData {
  Napi::FunctionReference float32_array;
};

}  // namespace bayesbinn::addon
