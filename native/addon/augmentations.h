// Augmentations as arguments of calls, and the kernel that shows what they do.
#pragma once

#include <napi.h>

#include "augmentations/pipeline.h"

namespace bayesbinn::addon {

// The `augmentation` of a call: a list of steps; absent: none. ERR_OPTION_*.
Pipeline pipeline_of(const Napi::Object& call);

void add_augmentation_kernel(Napi::Object& kernels);

}  // namespace bayesbinn::addon
