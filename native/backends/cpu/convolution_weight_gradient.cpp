// The weight gradient of a convolution, without im2col: samples lie innermost, so the gradient of one tap is a sum of
// products over (columns x samples), one a row of the image. Blocks of output channels are formed tap by tap, then
// put in order and consumed.
#include <algorithm>

#include "backends/cpu/conv_walk.h"
#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/packed/pack.h"
#include "backends/cpu/scratch.h"
#include "backends/cpu/sgemm.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// Weights whose gradients are formed at once: 4 MiB, enough channels for BLAS and enough tasks for the threads.
constexpr int64_t kGradientBlock = 1 << 20;
// Output channels of a product.
constexpr int64_t kChannelBlock = 128;
// Weights that are consumed at once: 256 KiB, which stay in the second-level cache.
constexpr int64_t kConsumed = 65536;

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

// gradient[rows][in] of one tap and the output channels from `begin` on.
void tap_gradient(const ConvShape& shape, const Walk& walk, const float* dy, const float* x, int64_t tap, int64_t begin,
                  int64_t rows, float* gradient) {
  static thread_local Scratch dy_copy, x_copy;
  const int64_t stride = batch_stride(shape.batch);
  const int64_t kernel_row = tap / walk.columns.kernel;
  const int64_t kernel_column = tap % walk.columns.kernel;
  const Outputs columns = outputs_of(walk.columns, kernel_column);
  const int64_t count = columns.end - columns.begin;
  std::fill_n(gradient, rows * shape.in, 0.0f);
  if (count <= 0) return;
  const int64_t source_column = walk.columns.source_of(columns.begin, kernel_column);
  for (int64_t row = 0; row < walk.rows.targets; ++row) {
    const int64_t source_row = walk.rows.source_of(row, kernel_row);
    if (source_row < 0) continue;
    const Columns of_dy = {dy + (begin * walk.targets() + row * walk.columns.targets + columns.begin) * stride,
                           walk.targets() * stride, stride, count};
    const Columns of_x = {x + (source_row * walk.columns.sources + source_column) * stride, walk.sources() * stride,
                          walk.columns.stride * stride, count};
    sgemm(rows, shape.in, count * shape.batch, matrix_of(of_dy, rows, shape.batch, Transpose::no, dy_copy),
          matrix_of(of_x, shape.in, shape.batch, Transpose::yes, x_copy), gradient, shape.in, Accumulate::yes);
  }
}

}  // namespace

void CpuBackend::conv2d_weight_gradient(const ConvShape& shape, const float* dy, const float* x,
                                        const GradientTarget& target) {
  const Walk walk(shape, Direction::forward);
  const int64_t taps = walk.taps();
  const int64_t row = shape.in * taps;
  const bool packed = target.segment && target.segment->packed;
  const auto rows_near = [&](int64_t weights) {
    const int64_t wanted = std::max<int64_t>(1, weights / row);
    return packed ? pack_rows_near(PackedLayout(target.segment->shape), wanted) : wanted;
  };
  const int64_t consumed = rows_near(kConsumed);
  const int64_t block = (rows_near(kGradientBlock) + consumed - 1) / consumed * consumed;
  Scratch scratch;
  float* const by_tap = scratch.floats(std::min(block, shape.out) * row);
  for (int64_t first = 0; first < shape.out; first += block) {
    const int64_t rows = std::min(block, shape.out - first);
    const int64_t parts = (rows + kChannelBlock - 1) / kChannelBlock;
    const auto start = Profile::Clock::now();
    in_blocks(taps * parts, 1, [&](int64_t task, int64_t) {
      const int64_t tap = task % taps;
      const int64_t begin = task / taps * kChannelBlock;
      tap_gradient(shape, walk, dy, x, tap, first + begin, std::min(kChannelBlock, rows - begin),
                   by_tap + (tap * rows + begin) * shape.in);
    });
    profile.add(Part::weight_gradient, Profile::Clock::now() - start);
    const Timed timed(profile, Part::update);
    in_blocks(rows, consumed, [&](int64_t begin, int64_t end) {
      static thread_local Scratch in_order;
      float* const gradient = in_order.floats((end - begin) * row);
      for (int64_t tap = 0; tap < taps; ++tap) {
        const float* const from = by_tap + (tap * rows + begin) * shape.in;
        for (int64_t i = 0; i < (end - begin) * shape.in; ++i) gradient[i * taps + tap] = from[i];
      }
      consume_gradient(target, (first + begin) * row, gradient, (end - begin) * row);
    });
  }
}

}  // namespace bayesbinn::BAYESBINN_ISA
