#include "backends/cpu/blas.h"

#include <string>

#include "backends/backend.h"

#if BAYESBINN_OPENBLAS
extern "C" {
char* openblas_get_config(void);
char* openblas_get_corename(void);
int openblas_get_parallel(void);
void openblas_set_num_threads(int);
}
#endif

namespace bayesbinn {

#if BAYESBINN_OPENBLAS

namespace {

// A build without threads hands the same work space to two callers, unless it was made with USE_LOCKING: products come
// out wrong, now and then. Which build is loaded is decided when the process starts, not when the addon is linked.
bool concurrent() {
  static const bool safe =
      openblas_get_parallel() != 0 || std::string(openblas_get_config()).find("USE_LOCKING") != std::string::npos;
  return safe;
}

}  // namespace

BlasStatus blas_status() {
  return {std::string(openblas_get_config()) + " (" + openblas_get_corename() + ")", concurrent()};
}

void use_one_blas_thread() {
  // Once: other sessions may be in a product, and this writes what all of them share.
  [[maybe_unused]] static const bool done = (openblas_set_num_threads(1), true);
}

std::unique_lock<std::mutex> blas_turn() {
  static std::mutex* const mutex = new std::mutex;  // outlives threads that compute while the process ends
  return concurrent() ? std::unique_lock<std::mutex>() : std::unique_lock<std::mutex>(*mutex);
}

#else

BlasStatus blas_status() { return {"built-in", true}; }
void use_one_blas_thread() {}
std::unique_lock<std::mutex> blas_turn() { return {}; }

#endif

}  // namespace bayesbinn
