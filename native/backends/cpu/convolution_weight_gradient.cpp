// The weight gradient of a convolution, without im2col: samples lie innermost, so the gradient of one tap is a sum of
// products over (columns x samples), one a row of the image. Its blocks are consumed at once.
#include <algorithm>

#include "backends/cpu/conv_walk.h"
#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/packed/pack.h"
#include "backends/cpu/scratch.h"
#include "backends/cpu/sgemm.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// Weights of a gradient block: 1 MiB. Smaller ones would stay in cache, but give BLAS too few rows.
constexpr int64_t kGradientBlock = 262144;

// Columns of a row, as a matrix [channels][columns * samples] without gaps.
struct Columns {
  const float* first;      // of the first channel
  int64_t channel_stride;  // floats
  int64_t step;            // floats from column to column
  int64_t count;
};

// Entries beyond the batch may be anything, and columns lie apart where the convolution has a stride: then the matrix
// is a copy.
Matrix matrix_of(const Columns& columns, int64_t channels, int64_t batch, Transpose transpose, Scratch& scratch) {
  if (columns.step == batch) return {columns.first, columns.channel_stride, transpose};
  float* const copy = scratch.floats(channels * columns.count * batch);
  float* to = copy;
  for (int64_t c = 0; c < channels; ++c) {
    const float* from = columns.first + c * columns.channel_stride;
    for (int64_t i = 0; i < columns.count; ++i, from += columns.step, to += batch) std::copy_n(from, batch, to);
  }
  return {copy, columns.count * batch, transpose};
}

// Output positions begin..end-1 whose source by `tap` lies within the input.
struct Outputs {
  int64_t begin, end;
};

Outputs outputs_of(const WalkAxis& axis, int64_t tap) {
  Outputs outputs = {0, axis.targets};
  while (outputs.begin < outputs.end && axis.source_of(outputs.begin, tap) < 0) ++outputs.begin;
  while (outputs.end > outputs.begin && axis.source_of(outputs.end - 1, tap) < 0) --outputs.end;
  return outputs;
}

// gradient[tap][rows][in] of the output channels from `begin` on.
void tap_gradients(const ConvShape& shape, const Walk& walk, const float* dy, const float* x, int64_t begin,
                   int64_t rows, float* gradient) {
  static thread_local Scratch dy_copy, x_copy;
  const int64_t stride = batch_stride(shape.batch);
  std::fill_n(gradient, walk.taps() * rows * shape.in, 0.0f);
  for (int64_t row = 0; row < walk.rows.targets; ++row) {
    for (int64_t tap = 0; tap < walk.taps(); ++tap) {
      const int64_t source_row = walk.rows.source_of(row, tap / walk.columns.kernel);
      const Outputs columns = outputs_of(walk.columns, tap % walk.columns.kernel);
      const int64_t count = columns.end - columns.begin;
      if (source_row < 0 || count <= 0) continue;
      const int64_t source = walk.columns.source_of(columns.begin, tap % walk.columns.kernel);
      const Columns of_dy = {dy + (begin * walk.targets() + row * walk.columns.targets + columns.begin) * stride,
                             walk.targets() * stride, stride, count};
      const Columns of_x = {x + (source_row * walk.columns.sources + source) * stride, walk.sources() * stride,
                            walk.columns.stride * stride, count};
      sgemm(rows, shape.in, count * shape.batch, matrix_of(of_dy, rows, shape.batch, Transpose::no, dy_copy),
            matrix_of(of_x, shape.in, shape.batch, Transpose::yes, x_copy), gradient + tap * rows * shape.in, shape.in,
            Accumulate::yes);
    }
  }
}

}  // namespace

void CpuBackend::conv2d_weight_gradient(const ConvShape& shape, const float* dy, const float* x,
                                        const GradientTarget& target) {
  const Walk walk(shape, Direction::forward);
  const int64_t taps = walk.taps();
  const int64_t wanted = std::max<int64_t>(1, kGradientBlock / (shape.in * taps));
  const bool packed = target.segment && target.segment->packed;
  const int64_t block = packed ? pack_rows_near(PackedLayout(target.segment->shape), wanted) : wanted;
  in_blocks(shape.out, block, [&](int64_t begin, int64_t end) {
    static thread_local Scratch by_tap, in_order;
    const int64_t matrix = (end - begin) * shape.in;
    float* const gradients = by_tap.floats(matrix * taps);
    tap_gradients(shape, walk, dy, x, begin, end - begin, gradients);
    float* gradient = gradients;
    if (taps > 1) {
      gradient = in_order.floats(matrix * taps);
      for (int64_t tap = 0; tap < taps; ++tap) {
        for (int64_t i = 0; i < matrix; ++i) gradient[i * taps + tap] = gradients[tap * matrix + i];
      }
    }
    consume_gradient(target, begin * shape.in * taps, gradient, matrix * taps);
  });
}

}  // namespace bayesbinn::BAYESBINN_ISA
