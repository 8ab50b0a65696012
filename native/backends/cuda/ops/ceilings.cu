// Matrix instructions alone, see ceilings.h.
#include "backends/cuda/ceilings.h"

#include "backends/cuda/cuda_backend.h"
#include "backends/cuda/device/kernel.h"

namespace bayesbinn::cuda {

// Independent sums of a warp, so that no instruction waits for the one before.
constexpr int kChains = 8;

struct CeilingParameters {
  float* out;  // a value a thread: what is not used would be left out
  int64_t rounds;
};

#ifdef __CUDACC__

BB_KERNEL(kThreads) matrix_ceiling_kernel(const CeilingParameters p) {
  float sum[kChains][4] = {};
#if __CUDA_ARCH__ >= 800
  const uint32_t a[4] = {0x3f803f80u, 0xbf803f80u, 0x3f80bf80u, threadIdx.x};
  const uint32_t b[2] = {0x3f803f80u, threadIdx.x};
  for (int64_t round = 0; round < p.rounds; ++round) {
#pragma unroll
    for (int chain = 0; chain < kChains; ++chain) {
      float* const c = sum[chain];
      asm volatile(
          "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
          "{%0, %1, %2, %3};"
          : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
          : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
    }
  }
#endif
  float total = 0.0f;
#pragma unroll
  for (int chain = 0; chain < kChains; ++chain) total += sum[chain][0] + sum[chain][1] + sum[chain][2] + sum[chain][3];
  p.out[thread_index()] = total;
}

#else

// Of one instruction.
constexpr double kOperations = 2.0 * 16 * 8 * 16;

double CudaBackend::queue_matrix_instructions(int64_t rounds) {
  if (!device_->ampere()) return 0;
  const int64_t blocks = 2 * device_->multiprocessors();
  auto* const out = scratch<float>(ScratchUse::sums, blocks * kThreads);
  run({"ceilings", "matrix_ceiling_kernel"}, {blocks, kThreads}, CeilingParameters{out, rounds});
  const auto warps = static_cast<double>(blocks * (kThreads / kWarp));
  return warps * static_cast<double>(rounds) * kChains * kOperations;
}

double queue_matrix_instructions(Backend& backend, int64_t rounds) {
  return dynamic_cast<CudaBackend&>(backend).queue_matrix_instructions(rounds);
}

#endif

}  // namespace bayesbinn::cuda
