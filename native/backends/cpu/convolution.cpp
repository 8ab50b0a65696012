// Convolutions, forward and backward: packed weights by table look-up (packed/convolution.cpp), others as one dense
// product a tap and a row of the image, without im2col.
#include <algorithm>

#include "backends/cpu/conv_walk.h"
#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/packed/layout.h"
#include "backends/cpu/scratch.h"
#include "backends/cpu/sgemm.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// Output channels of a product: enough to hide its packing, few enough for several threads.
constexpr int64_t kChannelBlock = 256;

PackedShape packed_shape(const ConvShape& shape) { return {shape.out, shape.in, shape.taps()}; }

// Weights [outputs][inputs][taps] as one matrix [outputs][inputs] a tap.
void split_taps(const PackedShape& shape, const float* weights, int64_t tap, float* out) {
  for (int64_t i = 0; i < shape.outputs * shape.inputs; ++i) out[i] = weights[i * shape.taps + tap];
}

// Targets of a row that a tap reaches one after another from neighbouring sources: `count` from `target` and `source`
// on.
struct Run {
  int64_t target, source, count;
};

// Calls action(run) for the columns that `tap` reaches: all at once where sources and targets move alike.
template <class Action>
void in_runs(const WalkAxis& axis, int64_t tap, Action&& action) {
  Run run = {0, 0, 0};
  for (int64_t target = 0; target < axis.targets; ++target) {
    const int64_t source = axis.source_of(target, tap);
    if (source < 0) continue;
    if (run.count > 0 && target == run.target + run.count && source == run.source + run.count) {
      ++run.count;
      continue;
    }
    if (run.count > 0) action(run);
    run = {target, source, 1};
  }
  if (run.count > 0) action(run);
}

}  // namespace

void CpuBackend::conv2d(const ConvShape& shape, const float* x, Weights weights, const float* bias, float* y) {
  const Timed timed(profile, Part::forward);
  const Walk walk(shape, Direction::forward);
  if (weights.packed) {
    const PackedLayout layout(packed_shape(shape));
    packed_convolution(walk, layout.forward, layout.forward_codes(weights.packed, 0), x, bias, shape.batch, y);
  } else {
    dense_convolution(walk, packed_shape(shape), weights.values, x, bias, shape.batch, y);
  }
}

void CpuBackend::conv2d_input_gradient(const ConvShape& shape, const float* dy, Weights weights, const float* bias,
                                       float* dx) {
  const Timed timed(profile, Part::input_gradient);
  const Walk walk(shape, Direction::backward);
  if (weights.packed) {
    const PackedLayout layout(packed_shape(shape));
    packed_convolution(walk, layout.backward, layout.backward_codes(weights.packed, 0), dy, bias, shape.batch, dx);
  } else {
    dense_convolution(walk, packed_shape(shape), weights.values, dy, bias, shape.batch, dx);
  }
}

void CpuBackend::dense_convolution(const Walk& walk, const PackedShape& shape, const float* weights, const float* x,
                                   const float* bias, int64_t batch, float* y) {
  const bool forward = walk.rows.direction == Direction::forward;
  const int64_t stride = batch_stride(batch);
  const int64_t channels_in = forward ? shape.inputs : shape.outputs;
  const int64_t channels_out = forward ? shape.outputs : shape.inputs;
  const int64_t matrix = shape.outputs * shape.inputs;
  Scratch scratch;
  float* const by_tap = scratch.floats(matrix * shape.taps);
  in_blocks(shape.taps, 1, [&](int64_t tap, int64_t) { split_taps(shape, weights, tap, by_tap + tap * matrix); });

  const int64_t x_stride = walk.sources() * stride;
  const int64_t y_stride = walk.targets() * stride;
  const int64_t row_floats = walk.columns.targets * stride;
  const int64_t blocks = (channels_out + kChannelBlock - 1) / kChannelBlock;
  in_blocks(blocks * walk.rows.targets, 1, [&](int64_t task, int64_t) {
    const int64_t begin = task % blocks * kChannelBlock;
    const int64_t end = std::min(begin + kChannelBlock, channels_out);
    const int64_t row = task / blocks;
    float* const out = y + begin * y_stride + row * row_floats;
    for (int64_t c = begin; c < end; ++c) std::fill_n(out + (c - begin) * y_stride, row_floats, bias ? bias[c] : 0.0f);
    for (int64_t tap = 0; tap < shape.taps; ++tap) {
      const int64_t source_row = walk.rows.source_of(row, tap / walk.columns.kernel);
      if (source_row < 0) continue;
      const float* const of_tap = by_tap + tap * matrix;
      const Matrix w = forward ? Matrix{of_tap + begin * shape.inputs, shape.inputs, Transpose::no}
                               : Matrix{of_tap + begin, shape.inputs, Transpose::yes};
      in_runs(walk.columns, tap % walk.columns.kernel, [&](const Run& run) {
        const float* const from = x + (source_row * walk.columns.sources + run.source) * stride;
        sgemm(end - begin, run.count * stride, channels_in, w, {from, x_stride, Transpose::no},
              out + run.target * stride, y_stride, Accumulate::yes);
      });
    }
  });
}

}  // namespace bayesbinn::BAYESBINN_ISA
