// The weight gradient of a convolution, as dense products over pixels and samples. For these the channels have to lie
// innermost: rows of the image are transposed once for all taps, since a tap is nothing but a move along the pixels.
// Blocks of output channels are formed, then put in order and consumed.
#include <algorithm>

#include "backends/cpu/conv_walk.h"
#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/packed/pack.h"
#include "backends/cpu/scratch.h"
#include "backends/cpu/sgemm.h"
#include "backends/cpu/transpose.h"
#include "base/ceil_divide.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// Weights whose gradients are formed at once: 16 MiB. More blocks would transpose the inputs more often.
constexpr int64_t kGradientBlock = 1 << 22;
// Weights that are consumed at once: 256 KiB, which stay in the second-level cache.
constexpr int64_t kConsumed = 65536;
// Floats of inputs or output gradients that are transposed at once: 8 MiB.
constexpr int64_t kTransposed = 1 << 21;
// Output channels of a product.
constexpr int64_t kChannelBlock = 128;
// Below so many input channels a product takes all taps at once, from a copy that holds them side by side.
constexpr int64_t kFewChannels = 48;

// Output columns whose source by a tap lies within the input.
struct Outputs {
  int64_t begin, end;
};

Outputs outputs_of(const WalkAxis& axis, int64_t tap) {
  Outputs outputs = {0, axis.targets};
  while (outputs.begin < outputs.end && axis.source_of(outputs.begin, tap) < 0) ++outputs.begin;
  while (outputs.end > outputs.begin && axis.source_of(outputs.end - 1, tap) < 0) --outputs.end;
  return outputs;
}

// Columns of the input in an order in which those that a tap reads from neighbouring outputs are neighbours: by their
// remainder of the stride first.
class ColumnOrder {
 public:
  explicit ColumnOrder(const WalkAxis& axis) : stride_(axis.stride), columns_(axis.sources) {}

  int64_t place(int64_t column) const {
    const int64_t phase = column % stride_;
    // Of the phases before this one the first columns_ % stride_ have a column more.
    return phase * (columns_ / stride_) + std::min(phase, columns_ % stride_) + column / stride_;
  }

 private:
  int64_t stride_, columns_;
};

// A part of the output rows with what it reads, channels innermost: x[row][column in order][sample][in],
// dy[row][column][sample][out].
struct Rows {
  int64_t begin, end;                // of the outputs
  int64_t source_begin, source_end;  // of the inputs
};

class WeightGradient {
 public:
  WeightGradient(const ConvShape& shape, const float* dy, const float* x)
      : shape_(shape),
        walk_(shape, Direction::forward),
        columns_(walk_.columns),
        stride_(batch_stride(shape.batch)),
        few_channels_(walk_.taps() > 1 && shape.in < kFewChannels),
        dy_(dy),
        x_(x) {}

  int64_t taps() const { return walk_.taps(); }

  // gradient[tap][outputs][in], or [outputs][tap][in] where few channels let taps lie side by side, of the output
  // channels begin..end-1. in_tasks(count, task) runs tasks.
  template <class InTasks>
  void compute(int64_t begin, int64_t end, float* gradient, InTasks&& in_tasks) {
    const int64_t outputs = end - begin;
    std::fill_n(gradient, outputs * shape_.in * taps(), 0.0f);
    const int64_t row_floats = walk_.columns.targets * shape_.batch;
    const int64_t widest = std::max({outputs, shape_.in, few_channels_ ? taps() * shape_.in : 0});
    const int64_t rows_at_once = std::max<int64_t>(1, kTransposed / (row_floats * widest));
    for (int64_t row = 0; row < walk_.rows.targets; row += rows_at_once) {
      const Rows rows = rows_from(row, std::min(row + rows_at_once, walk_.rows.targets));
      transpose(rows, begin, outputs, in_tasks);
      if (few_channels_) {
        place_taps(rows, in_tasks);
        multiply_all_taps(rows, outputs, gradient, in_tasks);
      } else {
        multiply_by_tap(rows, outputs, gradient, in_tasks);
      }
    }
  }

  // Gradients of the channels begin..end-1 of a computed block of `outputs`, in the order of the weights.
  void order(const float* gradient, int64_t outputs, int64_t begin, int64_t end, float* weights) const {
    for (int64_t tap = 0; tap < taps(); ++tap) {
      for (int64_t o = begin; o < end; ++o) {
        const float* const from = gradient + (few_channels_ ? o * taps() + tap : tap * outputs + o) * shape_.in;
        float* const to = weights + (o - begin) * shape_.in * taps() + tap;
        for (int64_t i = 0; i < shape_.in; ++i) to[i * taps()] = from[i];
      }
    }
  }

 private:
  Rows rows_from(int64_t begin, int64_t end) const {
    const WalkAxis& axis = walk_.rows;
    const int64_t first = begin * axis.stride - axis.padding;
    const int64_t last = (end - 1) * axis.stride - axis.padding + axis.kernel;
    const int64_t source_begin = std::clamp<int64_t>(first, 0, axis.sources);
    return {begin, end, source_begin, std::clamp(last, source_begin, axis.sources)};
  }

  int64_t pixel_floats() const { return shape_.batch * shape_.in; }

  const float* source(const Rows& rows, int64_t row, int64_t column) const {
    return x_rows_ + ((row - rows.source_begin) * walk_.columns.sources + columns_.place(column)) * pixel_floats();
  }

  template <class InTasks>
  void transpose(const Rows& rows, int64_t begin, int64_t outputs, InTasks&& in_tasks) {
    static thread_local Scratch x_space, dy_space;
    const int64_t sources = rows.source_end - rows.source_begin;
    const int64_t targets = rows.end - rows.begin;
    const int64_t width = walk_.columns.sources;
    const int64_t dy_pixel = shape_.batch * outputs;
    x_rows_ = x_space.floats(sources * width * pixel_floats());
    dy_rows_ = dy_space.floats(targets * walk_.columns.targets * dy_pixel);
    in_tasks(sources + targets, [&](int64_t task) {
      if (task < sources) {
        for (int64_t c = 0; c < width; ++c) {
          const float* const from = x_ + ((rows.source_begin + task) * width + c) * stride_;
          channels_innermost(from, walk_.sources() * stride_, shape_.in, shape_.batch,
                             x_rows_ + (task * width + columns_.place(c)) * pixel_floats());
        }
        return;
      }
      const int64_t row = task - sources;
      for (int64_t c = 0; c < walk_.columns.targets; ++c) {
        const int64_t pixel = begin * walk_.targets() + (rows.begin + row) * walk_.columns.targets + c;
        channels_innermost(dy_ + pixel * stride_, walk_.targets() * stride_, outputs, shape_.batch,
                           dy_rows_ + (row * walk_.columns.targets + c) * dy_pixel);
      }
    });
  }

  // A product a tap, a block of channels and a row.
  template <class InTasks>
  void multiply_by_tap(const Rows& rows, int64_t outputs, float* gradient, InTasks&& in_tasks) const {
    const int64_t blocks = ceil_divide(outputs, kChannelBlock);
    in_tasks(taps() * blocks, [&](int64_t task) {
      const int64_t tap = task / blocks;
      const int64_t first = task % blocks * kChannelBlock;
      const int64_t tap_column = tap % walk_.columns.kernel;
      const Outputs columns = outputs_of(walk_.columns, tap_column);
      if (columns.begin >= columns.end) return;
      const int64_t source_column = walk_.columns.source_of(columns.begin, tap_column);
      for (int64_t row = rows.begin; row < rows.end; ++row) {
        const int64_t source_row = walk_.rows.source_of(row, tap / walk_.columns.kernel);
        if (source_row < 0) continue;
        const int64_t pixel = (row - rows.begin) * walk_.columns.targets + columns.begin;
        sgemm(std::min(kChannelBlock, outputs - first), shape_.in, (columns.end - columns.begin) * shape_.batch,
              {dy_rows_ + pixel * shape_.batch * outputs + first, outputs, Transpose::yes},
              {source(rows, source_row, source_column), shape_.in, Transpose::no},
              gradient + (tap * outputs + first) * shape_.in, shape_.in, Accumulate::yes);
      }
    });
  }

  // patches_[row][column][sample][tap][in], zeros beyond the edges.
  template <class InTasks>
  void place_taps(const Rows& rows, InTasks&& in_tasks) {
    static thread_local Scratch space;
    const int64_t width = walk_.columns.targets;
    const int64_t patch = taps() * shape_.in;
    patches_ = space.floats((rows.end - rows.begin) * width * shape_.batch * patch);
    in_tasks(rows.end - rows.begin, [&](int64_t task) {
      for (int64_t column = 0; column < width; ++column) {
        float* const pixel = patches_ + (task * width + column) * shape_.batch * patch;
        for (int64_t tap = 0; tap < taps(); ++tap) {
          const int64_t source_row = walk_.rows.source_of(rows.begin + task, tap / walk_.columns.kernel);
          const int64_t source_column = walk_.columns.source_of(column, tap % walk_.columns.kernel);
          const bool inside = source_row >= 0 && source_column >= 0;
          const float* const from = inside ? source(rows, source_row, source_column) : nullptr;
          for (int64_t b = 0; b < shape_.batch; ++b) {
            float* const to = pixel + b * patch + tap * shape_.in;
            for (int64_t i = 0; i < shape_.in; ++i) to[i] = inside ? from[b * shape_.in + i] : 0.0f;
          }
        }
      }
    });
  }

  // A product a block of channels and a row: sums of sums of rows have smaller rounding errors than long ones.
  template <class InTasks>
  void multiply_all_taps(const Rows& rows, int64_t outputs, float* gradient, InTasks&& in_tasks) const {
    const int64_t patch = taps() * shape_.in;
    const int64_t row_samples = walk_.columns.targets * shape_.batch;
    const int64_t block = std::min(kChannelBlock, std::max<int64_t>(16, outputs / 4));
    in_tasks(ceil_divide(outputs, block), [&](int64_t task) {
      const int64_t first = task * block;
      for (int64_t row = 0; row < rows.end - rows.begin; ++row) {
        sgemm(std::min(block, outputs - first), patch, row_samples,
              {dy_rows_ + row * row_samples * outputs + first, outputs, Transpose::yes},
              {patches_ + row * row_samples * patch, patch, Transpose::no}, gradient + first * patch, patch,
              Accumulate::yes);
      }
    });
  }

  const ConvShape& shape_;
  Walk walk_;
  ColumnOrder columns_;
  int64_t stride_;
  bool few_channels_;
  const float *dy_, *x_;
  float *x_rows_ = nullptr, *dy_rows_ = nullptr, *patches_ = nullptr;
};

}  // namespace

void CpuBackend::conv2d_weight_gradient(const ConvShape& shape, const float* dy, const float* x,
                                        const GradientTarget& target) {
  static thread_local Scratch space;
  WeightGradient gradient(shape, dy, x);
  const int64_t row = shape.in * gradient.taps();
  const bool packed = target.segment && target.segment->packed;
  const auto rows_near = [&](int64_t weights) {
    const int64_t wanted = std::max<int64_t>(1, weights / row);
    return packed ? pack_rows_near(PackedLayout(target.segment->shape), wanted) : wanted;
  };
  const int64_t consumed = rows_near(kConsumed);
  const int64_t block = std::min(ceil_divide(rows_near(kGradientBlock), consumed) * consumed, shape.out);
  float* const formed = space.floats(block * row);
  for (int64_t first = 0; first < shape.out; first += block) {
    const int64_t rows = std::min(block, shape.out - first);
    const auto start = Profile::Clock::now();
    gradient.compute(first, first + rows, formed, [&](int64_t count, auto&& task) {
      in_blocks(count, 1, [&](int64_t index, int64_t) { task(index); });
    });
    profile.add(Part::weight_gradient, Profile::Clock::now() - start);
    const Timed timed(profile, Part::update);
    in_blocks(rows, consumed, [&](int64_t begin, int64_t end) {
      static thread_local Scratch in_order;
      float* const weights = in_order.floats((end - begin) * row);
      gradient.order(formed, rows, begin, end, weights);
      consume_gradient(target, (first + begin) * row, weights, (end - begin) * row);
    });
  }
}

}  // namespace bayesbinn::BAYESBINN_ISA
