// C[m, n] = op(A) op(B), row-major float32: OpenBLAS where it was found, a blocked loop elsewhere. Runs on the
// calling thread alone; the backend cuts products into blocks.
#pragma once

#include <cstdint>
#include <string>

namespace bayesbinn::BAYESBINN_ISA {

enum class Transpose { no, yes };

struct Matrix {
  const float* data;
  int64_t stride;  // between rows as stored
  Transpose transpose;
};

void sgemm(int64_t m, int64_t n, int64_t k, Matrix a, Matrix b, float* c, int64_t c_stride);

}  // namespace bayesbinn::BAYESBINN_ISA
