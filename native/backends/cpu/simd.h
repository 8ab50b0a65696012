// Vectors of the instruction set that a file is compiled for, by the compilers' vector extension: one text for SSE,
// AVX2, AVX-512 and NEON.
#pragma once

#include <cstdint>
#include <cstring>

namespace bayesbinn::BAYESBINN_ISA {

#if defined(__AVX512F__)
constexpr int64_t kVectorBytes = 64;
#elif defined(__AVX2__)
constexpr int64_t kVectorBytes = 32;
#else
constexpr int64_t kVectorBytes = 16;
#endif

typedef float FloatVector __attribute__((vector_size(kVectorBytes)));
constexpr int64_t kLanes = kVectorBytes / static_cast<int64_t>(sizeof(float));

// Both are for addresses that are multiples of kVectorBytes.
inline __attribute__((always_inline)) FloatVector load(const float* from) {
  return *reinterpret_cast<const FloatVector*>(from);
}
inline __attribute__((always_inline)) void store(float* to, FloatVector value) {
  *reinterpret_cast<FloatVector*>(to) = value;
}
// From any address; `count` values, zeros behind them.
inline __attribute__((always_inline)) FloatVector load_part(const float* from, int64_t count) {
  FloatVector value = {};
  if (count >= kLanes) {
    std::memcpy(&value, from, sizeof value);
  } else {
    std::memcpy(&value, from, static_cast<size_t>(count) * sizeof(float));
  }
  return value;
}

}  // namespace bayesbinn::BAYESBINN_ISA
