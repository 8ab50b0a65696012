// Copies from global to shared memory that pass while the thread goes on; before capability 8.0, plain ones.
#pragma once

#ifdef __CUDACC__
#include <cstdint>

namespace bayesbinn::cuda {

// 16 bytes, both addresses aligned; zeros where not `valid`, for which `from` is any address that can be read.
__device__ __forceinline__ void copy_quad(float* to, const float* from, bool valid) {
#if __CUDA_ARCH__ >= 800
  const auto address = static_cast<uint32_t>(__cvta_generic_to_shared(to));
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(address), "l"(from), "r"(valid ? 16 : 0)
               : "memory");
#else
  const float4 zeros = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
  *reinterpret_cast<float4*>(to) = valid ? *reinterpret_cast<const float4*>(from) : zeros;
#endif
}

// The same for one float.
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

}  // namespace bayesbinn::cuda
#endif
