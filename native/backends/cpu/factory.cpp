#include "backends/cpu/cpu_backend.h"

#define BAYESBINN_TEXT_OF(name) #name
#define BAYESBINN_TEXT(name) BAYESBINN_TEXT_OF(name)

namespace bayesbinn::BAYESBINN_ISA {

std::unique_ptr<Backend> make_backend(int threads) {
  return std::make_unique<CpuBackend>(BAYESBINN_TEXT(BAYESBINN_ISA), threads);
}

}  // namespace bayesbinn::BAYESBINN_ISA
