#include "backends/cpu/sgemm.h"

#include <limits>
#include <string>

#include "backends/cpu/blas.h"
#include "base/error.h"

#if BAYESBINN_OPENBLAS
#include <cblas.h>
#endif

namespace bayesbinn::BAYESBINN_ISA {

#if BAYESBINN_OPENBLAS

namespace {

blasint blas_int(int64_t value) {
  if (value > std::numeric_limits<blasint>::max()) {
    throw Error(ErrorCode::shape_mismatch, "a matrix product with a size or stride of " + std::to_string(value) +
                                               ", accepted by this BLAS: at most " +
                                               std::to_string(std::numeric_limits<blasint>::max()));
  }
  return static_cast<blasint>(value);
}

}  // namespace

void sgemm(int64_t m, int64_t n, int64_t k, Matrix a, Matrix b, float* c, int64_t c_stride) {
  const auto order = [](const Matrix& x) { return x.transpose == Transpose::yes ? CblasTrans : CblasNoTrans; };
  const auto turn = blas_turn();
  cblas_sgemm(CblasRowMajor, order(a), order(b), blas_int(m), blas_int(n), blas_int(k), 1.0f, a.data,
              blas_int(a.stride), b.data, blas_int(b.stride), 0.0f, c, blas_int(c_stride));
}

#else

namespace {

// Four rows of A at a time against rows of B: each row of B is read once for four outputs.
void rows_times_rows(int64_t m, int64_t n, int64_t k, Matrix a, Matrix b, float* c, int64_t c_stride) {
  constexpr int64_t kRows = 4;
  const int64_t row_step = a.transpose == Transpose::yes ? 1 : a.stride;
  const int64_t k_step = a.transpose == Transpose::yes ? a.stride : 1;
  for (int64_t i = 0; i < m; i += kRows) {
    const int64_t rows = m - i < kRows ? m - i : kRows;
    for (int64_t r = 0; r < rows; ++r) {
      float* out = c + (i + r) * c_stride;
      for (int64_t j = 0; j < n; ++j) out[j] = 0;
    }
    for (int64_t p = 0; p < k; ++p) {
      const float* right = b.data + p * b.stride;
      for (int64_t r = 0; r < rows; ++r) {
        const float left = a.data[(i + r) * row_step + p * k_step];
        float* __restrict out = c + (i + r) * c_stride;
        for (int64_t j = 0; j < n; ++j) out[j] += left * right[j];
      }
    }
  }
}

// Rows of A against rows of B (B transposed): dot products in 16 lanes.
void rows_dot_rows(int64_t m, int64_t n, int64_t k, Matrix a, Matrix b, float* c, int64_t c_stride) {
  constexpr int64_t kSumLanes = 16;
  for (int64_t i = 0; i < m; ++i) {
    const float* left = a.data + i * a.stride;
    for (int64_t j = 0; j < n; ++j) {
      const float* right = b.data + j * b.stride;
      float lane[kSumLanes] = {};
      int64_t p = 0;
      for (; p + kSumLanes <= k; p += kSumLanes) {
        for (int64_t l = 0; l < kSumLanes; ++l) lane[l] += left[p + l] * right[p + l];
      }
      float sum = 0;
      for (; p < k; ++p) sum += left[p] * right[p];
      for (const float part : lane) sum += part;
      c[i * c_stride + j] = sum;
    }
  }
}

}  // namespace

// The backend multiplies (A, B), (A^T, B) and (A, B^T); A^T B^T is not among them.
void sgemm(int64_t m, int64_t n, int64_t k, Matrix a, Matrix b, float* c, int64_t c_stride) {
  if (b.transpose == Transpose::yes) {
    rows_dot_rows(m, n, k, a, b, c, c_stride);
  } else {
    rows_times_rows(m, n, k, a, b, c, c_stride);
  }
}

#endif

}  // namespace bayesbinn::BAYESBINN_ISA
