// The kernels that multiply by weights: linear and conv2d with their gradients.
#pragma once

#include <napi.h>

namespace bayesbinn::addon {

void add_product_kernels(Napi::Object& kernels);

}  // namespace bayesbinn::addon
