// Matrix instructions of capability 8.0 and later.
#pragma once

#if defined(__CUDACC__) && defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
#include <cstdint>

namespace bayesbinn::cuda {

// sums[16][8] += left[16][16] right[16][8] in bf16. Of lane 4 g + t, a register holds two neighbours along the depth, the
// first in its low half: left (g, 2t), (g + 8, 2t), (g, 2t + 8), (g + 8, 2t + 8); right (2t, g), (2t + 8, g); sums are
// (g, 2t), (g, 2t + 1), (g + 8, 2t), (g + 8, 2t + 1).
__device__ __forceinline__ void multiply_add_bf16(float (&sums)[4], const uint32_t (&left)[4], uint32_t right_low,
                                                  uint32_t right_high) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
      : "r"(left[0]), "r"(left[1]), "r"(left[2]), "r"(left[3]), "r"(right_low), "r"(right_high));
}

}  // namespace bayesbinn::cuda
#endif
