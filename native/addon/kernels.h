// The kernels one by one on typed arrays, see NativeKernels in lib/native/contract.ts.
#pragma once

#include <napi.h>

namespace bayesbinn::addon {

Napi::Object kernels_object(Napi::Env env);

}  // namespace bayesbinn::addon
