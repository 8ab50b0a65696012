// How the threads of the backend share the BLAS that was linked; `blas_status` (backends/backend.h) tells which it is.
#pragma once

#include <mutex>

namespace bayesbinn {

// Keeps every product on the thread that asked for it: the backend cuts products into blocks of its own.
void use_one_blas_thread();

// To be held during a product; without a mutex where the BLAS needs none.
std::unique_lock<std::mutex> blas_turn();

}  // namespace bayesbinn
