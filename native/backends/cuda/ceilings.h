// What a device can do at best in this project's kind of work, to hold kernels against.
#pragma once

#include "backends/backend.h"

namespace bayesbinn::cuda {

// Queues nothing but matrix instructions of the kind that the products use, without memory: `rounds` of them in each warp
// of a grid that fills the device. The operations that it takes, a multiply-add counting as two. 0 where the device has
// no such instructions.
double queue_matrix_instructions(Backend& backend, int64_t rounds);

}  // namespace bayesbinn::cuda
