// Activations for a product to read.
#pragma once

#include <random>

#include "core/buffer.h"

namespace bayesbinn::bench {

// Standard normals, in the backend's layout.
Buffer random_activations(Backend& backend, int64_t features, int64_t batch, std::mt19937& random);

}  // namespace bayesbinn::bench
