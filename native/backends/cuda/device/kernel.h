// What kernels are written with; nothing of it is there for the compiler of the host.
#pragma once

#ifdef __CUDACC__
#include <cstdint>

#include "backends/cuda/device/layout.h"

// A kernel: named as in its source, for at most so many threads a block; a second number asks for registers few enough
// that as many blocks fit into a multiprocessor.
#define BB_KERNEL(...) extern "C" __global__ __launch_bounds__(__VA_ARGS__) void

// The block's dynamic shared memory as an array of `type`. Once a kernel.
#define BB_SHARED(type, name)                                       \
  extern __shared__ __align__(16) unsigned char bayesbinn_shared[]; \
  type* const name = reinterpret_cast<type*>(bayesbinn_shared)

namespace bayesbinn::cuda {

__device__ __forceinline__ int64_t thread_index() {
  return static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}

__device__ __forceinline__ int lane_index() { return static_cast<int>(threadIdx.x) % kWarp; }
__device__ __forceinline__ int warp_index() { return static_cast<int>(threadIdx.x) / kWarp; }

// The sum over the block, to all threads, in a fixed tree. `space`: shared memory of one T a warp; all threads must call.
template <class T>
__device__ T block_sum(T value, T* space) {
  for (int offset = kWarp / 2; offset > 0; offset /= 2) value += __shfl_down_sync(0xffffffffu, value, offset);
  __syncthreads();  // what was there has been read
  if (lane_index() == 0) space[warp_index()] = value;
  __syncthreads();
  T sum = 0;
  for (unsigned w = 0; w < blockDim.x / kWarp; ++w) sum += space[w];
  return sum;
}

}  // namespace bayesbinn::cuda
#endif
