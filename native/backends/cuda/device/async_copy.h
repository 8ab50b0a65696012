// Copies from global to shared memory that go on while a block computes; before capability 8.0 they are done at once.
#pragma once

#ifdef __CUDACC__
#include <cstdint>

namespace bayesbinn::cuda {

// The first `count` of four floats, and zeros for the others. `from` must be an address of global memory, also where
// none is read.
__device__ __forceinline__ void copy_quad_async(float* shared, const float* from, int count) {
#if __CUDA_ARCH__ >= 800
  asm volatile(
      "cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(static_cast<uint32_t>(__cvta_generic_to_shared(shared))),
      "l"(__cvta_generic_to_global(from)), "r"(count * 4)
      : "memory");
#else
  float4 quad = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
  if (count > 0) quad = *reinterpret_cast<const float4*>(from);
  if (count < 2) quad.y = 0.0f;
  if (count < 3) quad.z = 0.0f;
  if (count < 4) quad.w = 0.0f;
  *reinterpret_cast<float4*>(shared) = quad;
#endif
}

// For the thread's own copies; a barrier makes those of others visible.
__device__ __forceinline__ void wait_for_copies() {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.wait_all;" ::: "memory");
#endif
}

}  // namespace bayesbinn::cuda
#endif
