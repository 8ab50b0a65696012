// Formulas are written once and compiled by the host compiler and by nvcc. BB_FORMULA: a function without `this`.
#pragma once

#if defined(__CUDACC__)
#define BB_FORMULA static __forceinline__ __host__ __device__
#define BB_FORMULA_MEMBER __forceinline__ __host__ __device__
#else
// Always inlined: the CPU backend compiles formulas once for each instruction set, and no copy may be shared.
#define BB_FORMULA static inline __attribute__((always_inline))
#define BB_FORMULA_MEMBER inline __attribute__((always_inline))
#endif
