// Chooses among the compiled instruction sets at run time; compiled for the oldest of them.
#include <vector>

#include "backends/backend.h"
#include "backends/cpu/blas.h"

namespace bayesbinn {

namespace baseline {
std::unique_ptr<Backend> make_backend(int threads);
}
#if BAYESBINN_AVX2
namespace avx2 {
std::unique_ptr<Backend> make_backend(int threads);
}
#endif

namespace {

bool avx2_usable() {
#if BAYESBINN_AVX2
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

}  // namespace

std::vector<InstructionSetStatus> instruction_sets() {
  const bool avx2 = avx2_usable();
  std::vector<InstructionSetStatus> sets = {{"baseline", true, !avx2}};
#if BAYESBINN_AVX2
  sets.push_back({"avx2", avx2, avx2});
#endif
  return sets;
}

std::unique_ptr<Backend> make_cpu_backend(int threads) {
  use_one_blas_thread();
#if BAYESBINN_AVX2
  if (avx2_usable()) return avx2::make_backend(threads);
#endif
  return baseline::make_backend(threads);
}

}  // namespace bayesbinn
