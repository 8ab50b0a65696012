#include <cstdlib>
#include <cstring>

#include "backends/cpu/cpu_backend.h"
#include "base/error.h"

namespace bayesbinn::BAYESBINN_ISA {

// calloc takes large blocks zeroed from the system without touching them; what it gave is kept just below.
void* CpuBackend::allocate(int64_t bytes) {
  constexpr uintptr_t kAlignment = 64;
  void* const raw = bytes >= 0 ? std::calloc(1, static_cast<size_t>(bytes) + kAlignment + sizeof(void*)) : nullptr;
  if (!raw) {
    throw Error(ErrorCode::out_of_memory, "cpu: " + std::to_string(bytes) + " bytes could not be allocated",
                {{"asked", std::to_string(bytes)}});
  }
  const uintptr_t first = reinterpret_cast<uintptr_t>(raw) + sizeof(void*);
  void* const memory = reinterpret_cast<void*>((first + kAlignment - 1) / kAlignment * kAlignment);
  static_cast<void**>(memory)[-1] = raw;
  return memory;
}

void CpuBackend::release(void* memory) noexcept { std::free(static_cast<void**>(memory)[-1]); }

void CpuBackend::upload(void* device, const void* host, int64_t bytes) { copy(device, host, bytes); }

void CpuBackend::download(void* host, const void* device, int64_t bytes) { copy(host, device, bytes); }

void CpuBackend::copy(void* to, const void* from, int64_t bytes) {
  if (bytes > 0) std::memcpy(to, from, static_cast<size_t>(bytes));
}

}  // namespace bayesbinn::BAYESBINN_ISA
