// Copies from global to shared memory that pass while the thread goes on; before capability 8.0, plain ones.
#pragma once

#ifdef __CUDACC__
#include <cstdint>

namespace bayesbinn::cuda {

// The first `count` of four floats, and zeros for the others; both addresses aligned to 16 bytes, `from` one of global
// memory also where nothing is read.
__device__ __forceinline__ void copy_quad(float* to, const float* from, int count) {
#if __CUDA_ARCH__ >= 800
  const auto address = static_cast<uint32_t>(__cvta_generic_to_shared(to));
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(address), "l"(__cvta_generic_to_global(from)),
               "r"(4 * count)
               : "memory");
#else
  float4 quad = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
  if (count > 0) quad = *reinterpret_cast<const float4*>(from);
  if (count < 2) quad.y = 0.0f;
  if (count < 3) quad.z = 0.0f;
  if (count < 4) quad.w = 0.0f;
  *reinterpret_cast<float4*>(to) = quad;
#endif
}

// One float, or a zero where not `valid`.
__device__ __forceinline__ void copy_float(float* to, const float* from, bool valid) {
#if __CUDA_ARCH__ >= 800
  const auto address = static_cast<uint32_t>(__cvta_generic_to_shared(to));
  asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(address), "l"(from), "r"(valid ? 4 : 0) : "memory");
#else
  *to = valid ? *from : 0.0f;
#endif
}

// Ends a group of copies of this thread.
__device__ __forceinline__ void end_copies() {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

// Waits for all groups but the last `kLeft`. Other threads see what was copied after a barrier.
template <int kLeft>
__device__ __forceinline__ void wait_for_copies() {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.wait_group %0;" ::"n"(kLeft) : "memory");
#endif
}

// Waits for all copies, in groups or not.
__device__ __forceinline__ void wait_for_all_copies() {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.wait_all;" ::: "memory");
#endif
}

}  // namespace bayesbinn::cuda
#endif
