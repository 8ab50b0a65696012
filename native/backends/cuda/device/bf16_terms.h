// Products of float32 values on tensor cores: each value is split into bf16 terms (device/precision.h), and the products
// of terms that matter are summed up, the smallest first. Inf and NaN are not kept as they are, but give Inf or NaN.
// For capability 8.0 and later.
#pragma once

#ifdef __CUDACC__
#include <cstdint>

namespace bayesbinn::cuda {

// Two neighbouring values as bf16 terms, each term of the first value in the low half.
template <int kTerms>
struct Bf16Pair {
  uint32_t term[kTerms];
};

// Every term is what is nearest to the rest that the ones before it leave, so that what three leave is below 2^-24 of
// the value, and errors have either sign.
template <int kTerms>
__device__ __forceinline__ Bf16Pair<kTerms> split_pair(float low, float high) {
  Bf16Pair<kTerms> pair;
#pragma unroll
  for (int t = 0; t < kTerms; ++t) {
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair.term[t]) : "f"(high), "f"(low));
    low -= __uint_as_float(pair.term[t] << 16);
    high -= __uint_as_float(pair.term[t] & 0xffff0000u);
  }
  return pair;
}

// sum += a b of 16x16 and 16x8 values. Of thread 4 g + t: a[0], a[1] are of rows g and g + 8, as are sum[0..1] and
// sum[2..3]; a[2], a[3] the same of later columns; b of column g; sums of columns 2 t and 2 t + 1.
__device__ __forceinline__ void multiply_bf16(float (&sum)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

}  // namespace bayesbinn::cuda
#endif
