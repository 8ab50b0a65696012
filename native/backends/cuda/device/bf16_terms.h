// Floats as sums of bf16 terms (see Precision), the largest first.
#pragma once

#if defined(__CUDACC__) && defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
#include <cstdint>

namespace bayesbinn::cuda {

// The upper halves of two floats, a's in the low half.
__device__ __forceinline__ uint32_t upper_halves(float a, float b) {
  return __byte_perm(__float_as_uint(a), __float_as_uint(b), 0x7632);
}
__device__ __forceinline__ float without_lower_half(float x) {
  return __uint_as_float(__float_as_uint(x) & 0xffff0000u);
}

// Both rounded to bf16, a in the low half; towards zero where a finite value would become infinite.
__device__ __forceinline__ uint32_t rounded_halves(float a, float b) {
  uint32_t halves;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(halves) : "f"(b), "f"(a));
  // An exponent of all ones carries over into the bit above it, which was a sign.
  const uint32_t carried = (halves & 0x7f807f80u) + 0x00800080u;
  if (carried & 0x80008000u) {
    const float infinity = __uint_as_float(0x7f800000u);
    if ((carried & 0x8000u) && fabsf(a) < infinity) halves -= 1u;
    if ((carried & 0x80000000u) && fabsf(b) < infinity) halves -= 0x10000u;
  }
  return halves;
}

// Terms but the last are cut off rather than rounded: the rest is exact, three terms are all of the float, and nothing
// overflows. The rest of an infinity would be NaN; it becomes a finite number, which leaves the sum infinite.
template <int kTerms>
__device__ __forceinline__ void split(float a, float b, uint32_t (&terms)[kTerms]) {
  constexpr float kLargestRest = 0x1p121f;
#pragma unroll
  for (int term = 0; term < kTerms - 1; ++term) {
    terms[term] = upper_halves(a, b);
    a -= without_lower_half(a);
    b -= without_lower_half(b);
    if (term == 0) {
      a = fminf(a, kLargestRest);
      b = fminf(b, kLargestRest);
    }
  }
  if constexpr (kTerms == 1) {
    terms[0] = rounded_halves(a, b);
  } else if constexpr (kTerms == 2) {
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(terms[1]) : "f"(b), "f"(a));
  } else {
    terms[kTerms - 1] = upper_halves(a, b);
  }
}

// Two neighbouring values as bf16 terms, each term of the first value in the low half.
template <int kTerms>
struct Bf16Pair {
  uint32_t term[kTerms];
};

// Where both factors of a product are split: every term is what is nearest to the rest that the ones before it leave, so
// that what three leave is below 2^-24 of the value, and errors have either sign. Inf and NaN give Inf or NaN.
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

}  // namespace bayesbinn::cuda
#endif
