// How rows of an operand lie in shared memory, a step of the depth at a time.
#pragma once

namespace bayesbinn::cuda {

// A step is so many quads, of samples.
constexpr int kStepQuads = 8;
constexpr int kStepDepth = 4 * kStepQuads;

#ifdef __CUDACC__

// Place of a quad in a buffer of rows: both ways of reading it, by four threads a row and by one, touch every bank once.
__device__ __forceinline__ int quad_place(int row, int quad) {
  const int turn = (row & 1) << 2 | (row >> 1 & 3);
  return row * kStepDepth + ((quad ^ turn) << 2);
}

__device__ __forceinline__ float4 quad_of(const float* buffer, int row, int quad) {
  return *reinterpret_cast<const float4*>(buffer + quad_place(row, quad));
}

#endif

}  // namespace bayesbinn::cuda
