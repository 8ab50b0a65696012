// Philox for a row of blocks at once; word for word what base/philox.h gives.
#pragma once

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "backends/cpu/simd.h"
#include "base/philox.h"

namespace bayesbinn::BAYESBINN_ISA {

// A counter's word in the low half of each lane; the high half is anything.
typedef uint64_t WordVector __attribute__((vector_size(kVectorBytes)));
constexpr int64_t kWordLanes = kVectorBytes / static_cast<int64_t>(sizeof(uint64_t));

// Product of the low halves.
inline __attribute__((always_inline)) WordVector multiply_low(WordVector a, WordVector b) {
#if defined(__AVX512F__)
  // By the form with a mask: GCC 12 takes the plain one for a use of what was not set.
  return reinterpret_cast<WordVector>(
      _mm512_maskz_mul_epu32(0xff, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
  return reinterpret_cast<WordVector>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__SSE2__)
  return reinterpret_cast<WordVector>(_mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
  return (a & 0xffffffffu) * (b & 0xffffffffu);
#endif
}

// word[j][i], low halves: word j of block first + i * step, for i < count; writes up to a whole vector.
inline void draw_words(const Draw& draw, uint32_t first, uint32_t step, int64_t count, uint64_t* const (&word)[4]) {
  WordVector lanes;
  for (int64_t lane = 0; lane < kWordLanes; ++lane) lanes[lane] = static_cast<uint64_t>(lane) * step;
  for (int64_t i = 0; i < count; i += kWordLanes) {
    WordVector c0 = lanes + (first + static_cast<uint64_t>(i) * step), c1 = WordVector{} + draw.sample,
               c2 = WordVector{} + draw.step;
    WordVector c3 = WordVector{} + (static_cast<uint32_t>(draw.stream) | draw.index << 8);
    auto k0 = static_cast<uint32_t>(draw.seed);
    auto k1 = static_cast<uint32_t>(draw.seed >> 32);
    for (int round = 0; round < 10; ++round) {
      const WordVector p0 = multiply_low(c0, WordVector{} + kPhiloxMultiplier0);
      const WordVector p1 = multiply_low(c2, WordVector{} + kPhiloxMultiplier1);
      c0 = p1 >> 32 ^ c1 ^ k0;
      c2 = p0 >> 32 ^ c3 ^ k1;
      c1 = p1;
      c3 = p0;
      k0 += kPhiloxWeyl0;
      k1 += kPhiloxWeyl1;
    }
    *reinterpret_cast<WordVector*>(word[0] + i) = c0;
    *reinterpret_cast<WordVector*>(word[1] + i) = c1;
    *reinterpret_cast<WordVector*>(word[2] + i) = c2;
    *reinterpret_cast<WordVector*>(word[3] + i) = c3;
  }
}

}  // namespace bayesbinn::BAYESBINN_ISA
