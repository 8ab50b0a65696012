// The weight gradient of a convolution, as dense products over pixels and samples. For these, rows of the images are
// brought into panels, channels innermost, once for all taps: a tap is nothing but a move along the pixels. Blocks of
// output channels are formed, then put in order and consumed.
#include <algorithm>

#include "backends/cpu/conv_walk.h"
#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/packed/pack.h"
#include "backends/cpu/panel_product.h"
#include "backends/cpu/scratch.h"
#include "backends/cpu/transpose.h"
#include "base/ceil_divide.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// Weights whose gradients are formed at once: 16 MiB. More blocks would transpose the inputs more often.
constexpr int64_t kGradientBlock = 1 << 22;
// Weights that are consumed at once: 256 KiB, which stay in the second-level cache.
constexpr int64_t kConsumed = 65536;
// Floats of the widest panels at once: 8 MiB.
constexpr int64_t kPanelFloats = 1 << 21;
// Pixels and samples of a product: panels of so many stay in the first-level cache while the others pass. Sums of sums
// have smaller rounding errors than long ones, too.
constexpr int64_t kDepth = 128;
// Panels of output channels of a task.
constexpr int64_t kTaskPanels = 64 / kPanelRows;
// Up to so many input channels all taps lie side by side in the panels: a copy, but no panel that is half empty.
constexpr int64_t kFewChannels = kPanelColumns / 2;

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

// Some rows of the outputs, and of the inputs that they read.
struct Rows {
  int64_t begin, end;
  int64_t source_begin, source_end;

  int64_t targets() const { return end - begin; }
  int64_t sources() const { return source_end - source_begin; }
};

// Of a block of output channels.
class WeightGradient {
 public:
  WeightGradient(const ConvShape& shape, const float* dy, const float* x)
      : shape_(shape),
        walk_(shape, Direction::forward),
        order_(walk_.columns),
        stride_(batch_stride(shape.batch)),
        taps_together_(walk_.taps() > 1 && shape.in <= kFewChannels ? walk_.taps() : 1),
        column_panels_(ceil_divide(taps_together_ * shape.in, kPanelColumns)),
        dy_(dy),
        x_(x) {}

  // Space for the tiles of `outputs` channels: [tap, or 1 where taps lie together][row panel][column panel][tile].
  int64_t floats(int64_t outputs) const {
    return walk_.taps() / taps_together_ * ceil_divide(outputs, kPanelRows) * column_panels_ * kTileFloats;
  }

  // Tiles of the output channels begin..end-1. in_tasks(count, task) runs tasks.
  template <class InTasks>
  void compute(int64_t begin, int64_t end, float* tiles, InTasks&& in_tasks) {
    outputs_begin_ = begin;
    outputs_ = end - begin;
    row_panels_ = ceil_divide(outputs_, kPanelRows);
    std::fill_n(tiles, floats(outputs_), 0.0f);
    const int64_t widest = std::max(row_panels_ * kPanelRows, column_panels_ * kPanelColumns);
    const int64_t row_floats = walk_.columns.targets * shape_.batch * widest;
    const int64_t rows_at_once = std::max<int64_t>(1, kPanelFloats / row_floats);
    for (int64_t row = 0; row < walk_.rows.targets; row += rows_at_once) {
      const Rows rows = rows_from(row, std::min(row + rows_at_once, walk_.rows.targets));
      fill_panels(rows, in_tasks);
      if (taps_together_ > 1) {
        multiply_together(rows, tiles, in_tasks);
      } else {
        multiply_by_tap(rows, tiles, in_tasks);
      }
    }
  }

  // Gradients of the channels begin..end-1 of the block, from their tiles, in the order of the weights.
  void order(const float* tiles, int64_t begin, int64_t end, float* weights) const {
    const int64_t taps = walk_.taps();
    for (int64_t o = begin; o < end; ++o) {
      for (int64_t tap = 0; tap < taps; ++tap) {
        const int64_t set = taps_together_ > 1 ? 0 : tap;
        const int64_t first = taps_together_ > 1 ? tap * shape_.in : 0;
        const float* const row = tiles + tile_at(set, o / kPanelRows) + o % kPanelRows * kPanelColumns;
        float* const to = weights + (o - begin) * shape_.in * taps + tap;
        for (int64_t i = 0; i < shape_.in; ++i) {
          const int64_t column = first + i;
          to[i * taps] = row[column / kPanelColumns * kTileFloats + column % kPanelColumns];
        }
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

  int64_t tile_at(int64_t set, int64_t row_panel) const {
    return (set * row_panels_ + row_panel) * column_panels_ * kTileFloats;
  }

  // Places of pixels in panels, in samples.
  int64_t place_of_output(const Rows& rows, int64_t row, int64_t column) const {
    return ((row - rows.begin) * walk_.columns.targets + column) * shape_.batch;
  }
  int64_t place_of_source(const Rows& rows, int64_t row, int64_t column) const {
    return ((row - rows.source_begin) * walk_.columns.sources + order_.place(column)) * shape_.batch;
  }

  template <class InTasks>
  void fill_panels(const Rows& rows, InTasks&& in_tasks) {
    static thread_local Scratch x_space, dy_space, taps_space;
    const int64_t x_panels = ceil_divide(shape_.in, kPanelColumns);
    x_depth_ = rows.sources() * walk_.columns.sources * shape_.batch;
    dy_depth_ = rows.targets() * walk_.columns.targets * shape_.batch;
    x_rows_ = x_space.floats(x_panels * x_depth_ * kPanelColumns);
    dy_rows_ = dy_space.floats(row_panels_ * dy_depth_ * kPanelRows);
    in_tasks(rows.sources() + rows.targets(), [&](int64_t task) {
      if (task < rows.sources()) {
        fill_sources(rows, rows.source_begin + task);
      } else {
        fill_outputs(rows, rows.begin + task - rows.sources());
      }
    });
    if (taps_together_ == 1) return;
    tap_rows_ = taps_space.floats(column_panels_ * dy_depth_ * kPanelColumns);
    in_tasks(rows.targets(), [&](int64_t task) { fill_taps(rows, rows.begin + task); });
  }

  void fill_sources(const Rows& rows, int64_t row) const {
    for (int64_t c = 0; c < walk_.columns.sources; ++c) {
      to_panels<kPanelColumns>(x_ + (row * walk_.columns.sources + c) * stride_, walk_.sources() * stride_, shape_.in,
                               shape_.batch, x_depth_ * kPanelColumns,
                               x_rows_ + place_of_source(rows, row, c) * kPanelColumns);
    }
  }

  void fill_outputs(const Rows& rows, int64_t row) const {
    for (int64_t c = 0; c < walk_.columns.targets; ++c) {
      const int64_t pixel = outputs_begin_ * walk_.targets() + row * walk_.columns.targets + c;
      to_panels<kPanelRows>(dy_ + pixel * stride_, walk_.targets() * stride_, outputs_, shape_.batch,
                            dy_depth_ * kPanelRows, dy_rows_ + place_of_output(rows, row, c) * kPanelRows);
    }
  }

  // Panels of the outputs' places that hold what each tap reads there, 0 beyond the edges: column tap * in + channel.
  void fill_taps(const Rows& rows, int64_t row) const {
    const int64_t panel = dy_depth_ * kPanelColumns;
    const int64_t columns = walk_.columns.targets;
    float* const of_row = tap_rows_ + place_of_output(rows, row, 0) * kPanelColumns;
    for (int64_t p = 0; p < column_panels_; ++p)
      std::fill_n(of_row + p * panel, columns * shape_.batch * kPanelColumns, 0.0f);
    for (int64_t c = 0; c < columns; ++c) {
      for (int64_t tap = 0; tap < walk_.taps(); ++tap) {
        const int64_t source_row = walk_.rows.source_of(row, tap / walk_.columns.kernel);
        const int64_t source_column = walk_.columns.source_of(c, tap % walk_.columns.kernel);
        if (source_row < 0 || source_column < 0) continue;
        const int64_t source = place_of_source(rows, source_row, source_column);
        for (int64_t i = 0; i < shape_.in; ++i) {
          const int64_t column = tap * shape_.in + i;
          const float* from = x_rows_ + (i / kPanelColumns * x_depth_ + source) * kPanelColumns + i % kPanelColumns;
          float* to =
              of_row + column / kPanelColumns * panel + c * shape_.batch * kPanelColumns + column % kPanelColumns;
          for (int64_t b = 0; b < shape_.batch; ++b) to[b * kPanelColumns] = from[b * kPanelColumns];
        }
      }
    }
  }

  // tiles += products of all column panels with the row panels begin..end-1, over `depth` places from those given on.
  void multiply(int64_t begin, int64_t end, int64_t dy_place, const float* x_panels, int64_t x_depth, int64_t x_place,
                int64_t depth, float* tiles) const {
    for (int64_t first = 0; first < depth; first += kDepth) {
      const int64_t count = std::min(kDepth, depth - first);
      for (int64_t column = 0; column < column_panels_; ++column) {
        const float* const b = x_panels + (column * x_depth + x_place + first) * kPanelColumns;
        for (int64_t row = begin; row < end; ++row) {
          const float* const a = dy_rows_ + (row * dy_depth_ + dy_place + first) * kPanelRows;
          panel_product(a, b, count, tiles + tile_at(0, row) + column * kTileFloats);
        }
      }
    }
  }

  template <class InTasks>
  void multiply_by_tap(const Rows& rows, float* tiles, InTasks&& in_tasks) const {
    const int64_t blocks = ceil_divide(row_panels_, kTaskPanels);
    in_tasks(walk_.taps() * blocks, [&](int64_t task) {
      const int64_t tap = task / blocks;
      const int64_t begin = task % blocks * kTaskPanels;
      const int64_t end = std::min(begin + kTaskPanels, row_panels_);
      const int64_t tap_column = tap % walk_.columns.kernel;
      const Outputs columns = outputs_of(walk_.columns, tap_column);
      if (columns.begin >= columns.end) return;
      const int64_t source_column = walk_.columns.source_of(columns.begin, tap_column);
      for (int64_t row = rows.begin; row < rows.end; ++row) {
        const int64_t source_row = walk_.rows.source_of(row, tap / walk_.columns.kernel);
        if (source_row < 0) continue;
        multiply(begin, end, place_of_output(rows, row, columns.begin), x_rows_, x_depth_,
                 place_of_source(rows, source_row, source_column), (columns.end - columns.begin) * shape_.batch,
                 tiles + tile_at(tap, 0));
      }
    });
  }

  template <class InTasks>
  void multiply_together(const Rows& rows, float* tiles, InTasks&& in_tasks) const {
    const int64_t panels = std::clamp<int64_t>(row_panels_ / 8, 1, kTaskPanels);
    const int64_t depth = dy_depth_ / rows.targets();
    in_tasks(ceil_divide(row_panels_, panels), [&](int64_t task) {
      const int64_t end = std::min((task + 1) * panels, row_panels_);
      for (int64_t row = 0; row < rows.targets(); ++row)
        multiply(task * panels, end, row * depth, tap_rows_, dy_depth_, row * depth, depth, tiles);
    });
  }

  const ConvShape& shape_;
  Walk walk_;
  ColumnOrder order_;
  int64_t stride_;
  int64_t taps_together_;  // in a panel's columns
  int64_t column_panels_;
  const float *dy_, *x_;
  int64_t outputs_begin_ = 0, outputs_ = 0, row_panels_ = 0;
  int64_t x_depth_ = 0, dy_depth_ = 0;
  float *x_rows_ = nullptr, *dy_rows_ = nullptr, *tap_rows_ = nullptr;
};

}  // namespace

void CpuBackend::conv2d_weight_gradient(const ConvShape& shape, const float* dy, const float* x,
                                        const GradientTarget& target) {
  static thread_local Scratch space;
  WeightGradient gradient(shape, dy, x);
  const int64_t row = shape.in * shape.taps();
  const bool packed = target.segment && target.segment->packed;
  const auto rows_near = [&](int64_t weights) {
    const int64_t wanted = std::max<int64_t>(1, weights / row);
    return packed ? pack_rows_near(PackedLayout(target.segment->shape), wanted) : wanted;
  };
  const int64_t consumed = rows_near(kConsumed);
  const int64_t block = std::min(ceil_divide(rows_near(kGradientBlock), consumed) * consumed, shape.out);
  float* const tiles = space.floats(gradient.floats(block));
  for (int64_t first = 0; first < shape.out; first += block) {
    const int64_t rows = std::min(block, shape.out - first);
    const auto start = Profile::Clock::now();
    gradient.compute(first, first + rows, tiles, [&](int64_t count, auto&& task) {
      in_blocks(count, 1, [&](int64_t index, int64_t) { task(index); });
    });
    profile.add(Part::weight_gradient, Profile::Clock::now() - start);
    const Timed timed(profile, Part::update);
    in_blocks(rows, consumed, [&](int64_t begin, int64_t end) {
      static thread_local Scratch in_order;
      float* const weights = in_order.floats((end - begin) * row);
      gradient.order(tiles, begin, end, weights);
      consume_gradient(target, (first + begin) * row, weights, (end - begin) * row);
    });
  }
}

}  // namespace bayesbinn::BAYESBINN_ISA
