// The weight gradient of a convolution, as dense products over pixels and samples. For these, rows of the images are
// brought into panels, channels innermost, once for all taps: a tap is nothing but a move along the pixels. Blocks of
// output channels are formed, then put in order and consumed.
#include <algorithm>
#include <span>
#include <vector>

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
// Floats of panels at once: 8 MiB, where that is enough for a pixel and its sources.
constexpr int64_t kPanelFloats = 1 << 21;
// Pixels and samples of a product: panels of so many stay in the first-level cache while the others pass. Sums of sums
// have smaller rounding errors than long ones, too.
constexpr int64_t kDepth = 128;
// Panels of output channels of a task at most, and tasks that are wanted at least.
constexpr int64_t kTaskPanels = 64 / kPanelRows;
constexpr int64_t kTasks = 16;
// Up to so many input channels all taps lie side by side in the panels: a copy, but no panel that is half empty.
constexpr int64_t kFewChannels = kPanelColumns / 2;
// In place of a place in a panel.
constexpr int64_t kNowhere = -1;

// Whether any tap reads a source: not all do where the stride is longer than the kernel.
bool is_read(const WalkAxis& axis, int64_t source) { return (source + axis.padding) % axis.stride < axis.kernel; }

// Targets of a range whose source by a tap lies within the input.
Range reached(const WalkAxis& axis, Range targets, int64_t tap) {
  while (targets.begin < targets.end && axis.source_of(targets.begin, tap) < 0) ++targets.begin;
  while (targets.end > targets.begin && axis.source_of(targets.end - 1, tap) < 0) --targets.end;
  return targets;
}

// Columns of the input in an order in which those that a tap reads from neighbouring outputs are neighbours: by their
// remainder of the stride first.
class ColumnOrder {
 public:
  explicit ColumnOrder(const WalkAxis& axis) : stride_(axis.stride) {}

  // Of a column among `count` from `first` on.
  int64_t place(int64_t column, int64_t first, int64_t count) const {
    const int64_t at = column - first;
    const int64_t phase = at % stride_;
    // Of the phases before this one the first count % stride_ have a column more.
    return phase * (count / stride_) + std::min(phase, count % stride_) + at / stride_;
  }

 private:
  int64_t stride_;
};

// Rows, columns and samples of the outputs that are brought into panels at once, and what they read.
struct Region {
  Range rows, columns, samples;
  Range source_rows, source_columns;

  int64_t targets() const { return rows.size() * columns.size() * samples.size(); }
  int64_t sources() const { return source_rows.size() * source_columns.size() * samples.size(); }
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

  // Space for the panels of all that is there at once.
  double panel_floats(int64_t outputs) const {
    const Extent at_once = extent(outputs);
    const auto targets = static_cast<double>(at_once.rows * at_once.columns * at_once.samples);
    const double row_floats = static_cast<double>(ceil_divide(outputs, kPanelRows) * kPanelRows);
    if (taps_together_ > 1) return targets * (row_floats + static_cast<double>(column_panels_ * kPanelColumns));
    return targets * row_floats + static_cast<double>(span_of(walk_.rows, at_once.rows)) *
                                      static_cast<double>(span_of(walk_.columns, at_once.columns)) *
                                      static_cast<double>(at_once.samples * column_panels_ * kPanelColumns);
  }

  // Tiles of the output channels begin..end-1. in_tasks(count, task) runs tasks.
  template <class InTasks>
  void compute(int64_t begin, int64_t end, float* tiles, InTasks&& in_tasks) {
    outputs_begin_ = begin;
    outputs_ = end - begin;
    row_panels_ = ceil_divide(outputs_, kPanelRows);
    const int64_t count = floats(outputs_);
    in_tasks(ceil_divide(count, kConsumed), [&](int64_t task) {
      std::fill_n(tiles + task * kConsumed, std::min(kConsumed, count - task * kConsumed), 0.0f);
    });
    const Extent at_once = extent(outputs_);
    for (int64_t row = 0; row < walk_.rows.targets; row += at_once.rows) {
      for (int64_t column = 0; column < walk_.columns.targets; column += at_once.columns) {
        for (int64_t sample = 0; sample < shape_.batch; sample += at_once.samples) {
          Region region;
          region.rows = {row, std::min(row + at_once.rows, walk_.rows.targets)};
          region.columns = {column, std::min(column + at_once.columns, walk_.columns.targets)};
          region.samples = {sample, std::min(sample + at_once.samples, shape_.batch)};
          region.source_rows = sources_of(walk_.rows, region.rows);
          region.source_columns = sources_of(walk_.columns, region.columns);
          fill_panels(region, in_tasks);
          multiply_region(region, tiles, in_tasks);
        }
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
  struct Extent {
    int64_t rows, columns, samples;
  };

  // How much of the outputs has room in the panels, at least a pixel of a few samples.
  Extent extent(int64_t outputs) const {
    const int64_t widest = std::max(ceil_divide(outputs, kPanelRows) * kPanelRows, column_panels_ * kPanelColumns);
    const int64_t room = std::max<int64_t>(1, kPanelFloats / widest);  // pixels times samples
    Extent fits = {1, 1, std::min(shape_.batch, std::max(kBatchMultiple, room / kBatchMultiple * kBatchMultiple))};
    const auto has_room = [&](int64_t rows, int64_t columns) {
      const int64_t sources = taps_together_ > 1 ? 0 : span_of(walk_.rows, rows) * span_of(walk_.columns, columns);
      return std::max(rows * columns, sources) <= room / fits.samples;
    };
    while (fits.columns < walk_.columns.targets && has_room(1, fits.columns + 1)) ++fits.columns;
    while (fits.rows < walk_.rows.targets && has_room(fits.rows + 1, fits.columns)) ++fits.rows;
    return fits;
  }

  int64_t tile_at(int64_t set, int64_t row_panel) const {
    return (set * row_panels_ + row_panel) * column_panels_ * kTileFloats;
  }

  // Places of pixels in panels.
  int64_t place_of_target(const Region& region, int64_t row, int64_t column) const {
    return ((row - region.rows.begin) * region.columns.size() + column - region.columns.begin) * region.samples.size();
  }
  int64_t place_of_source(const Region& region, int64_t row, int64_t column) const {
    const int64_t at = order_.place(column, region.source_columns.begin, region.source_columns.size());
    return ((row - region.source_rows.begin) * region.source_columns.size() + at) * region.samples.size();
  }

  template <class InTasks>
  void fill_panels(const Region& region, InTasks&& in_tasks) {
    static thread_local Scratch x_space, dy_space;
    dy_depth_ = region.targets();
    x_depth_ = taps_together_ > 1 ? region.targets() : region.sources();
    dy_rows_ = dy_space.floats(row_panels_ * dy_depth_ * kPanelRows);
    x_rows_ = x_space.floats(column_panels_ * x_depth_ * kPanelColumns);
    const int64_t x_tasks = taps_together_ > 1 ? region.rows.size() : region.source_rows.size();
    in_tasks(region.rows.size() + x_tasks, [&](int64_t task) {
      if (task < region.rows.size()) {
        fill_targets(region, region.rows.begin + task);
      } else if (taps_together_ > 1) {
        fill_taps(region, region.rows.begin + task - region.rows.size());
      } else {
        fill_sources(region, region.source_rows.begin + task - region.rows.size());
      }
    });
  }

  void fill_targets(const Region& region, int64_t row) const {
    const float* const from = dy_ + (outputs_begin_ * walk_.targets() + row * walk_.columns.targets) * stride_;
    in_runs(region, region.columns, [&](int64_t first, std::span<int64_t> places) {
      place_run(region, first, places, [&](int64_t c) { return place_of_target(region, row, c); });
      to_panels<kPanelRows>(from + first * stride_ + region.samples.begin, walk_.targets() * stride_, outputs_, places,
                            dy_depth_ * kPanelRows, dy_rows_);
    });
  }

  void fill_sources(const Region& region, int64_t row) const {
    if (!is_read(walk_.rows, row)) return;
    const float* const from = x_ + row * walk_.columns.sources * stride_;
    in_runs(region, region.source_columns, [&](int64_t first, std::span<int64_t> places) {
      place_run(region, first, places,
                [&](int64_t c) { return is_read(walk_.columns, c) ? place_of_source(region, row, c) : kNowhere; });
      to_panels<kPanelColumns>(from + first * stride_ + region.samples.begin, walk_.sources() * stride_, shape_.in,
                               places, x_depth_ * kPanelColumns, x_rows_);
    });
  }

  // Calls action(first column, places of its samples) for parts of a row that are one run of memory: some columns, where
  // they have few samples, or the samples of one.
  template <class Action>
  void in_runs(const Region& region, Range columns, Action&& action) const {
    static thread_local std::vector<int64_t> places;
    if (stride_ < kBatchMultiple) {
      places.resize(static_cast<size_t>(columns.size() * stride_));
      action(columns.begin, std::span<int64_t>(places));
      return;
    }
    places.resize(static_cast<size_t>(ceil_divide(region.samples.size(), kBatchMultiple) * kBatchMultiple));
    for (int64_t c = columns.begin; c < columns.end; ++c) action(c, std::span<int64_t>(places));
  }

  // Places in a panel for a run from a column on; place_of(column): that of its first sample.
  template <class PlaceOf>
  void place_run(const Region& region, int64_t column, std::span<int64_t> places, PlaceOf&& place_of) const {
    const int64_t samples = region.samples.size();
    const int64_t each = std::min(stride_, static_cast<int64_t>(places.size()));
    for (size_t at = 0; at < places.size(); at += static_cast<size_t>(each), ++column) {
      const int64_t first = place_of(column);
      for (int64_t s = 0; s < each; ++s)
        places[at + static_cast<size_t>(s)] = first < 0 || s >= samples ? kNowhere : first + s;
    }
  }

  // What each tap reads at the outputs' places, 0 beyond the edges: column tap * in + channel.
  void fill_taps(const Region& region, int64_t row) const {
    const int64_t panel = x_depth_ * kPanelColumns;
    const int64_t count = region.samples.size();
    float* const of_row = x_rows_ + place_of_target(region, row, region.columns.begin) * kPanelColumns;
    for (int64_t p = 0; p < column_panels_; ++p)
      std::fill_n(of_row + p * panel, region.columns.size() * count * kPanelColumns, 0.0f);
    for (int64_t c = 0; c < region.columns.size(); ++c) {
      for (int64_t tap = 0; tap < walk_.taps(); ++tap) {
        const int64_t source_row = walk_.rows.source_of(row, tap / walk_.columns.kernel);
        const int64_t source_column = walk_.columns.source_of(region.columns.begin + c, tap % walk_.columns.kernel);
        if (source_row < 0 || source_column < 0) continue;
        const int64_t pixel = source_row * walk_.columns.sources + source_column;
        for (int64_t i = 0; i < shape_.in; ++i) {
          const int64_t column = tap * shape_.in + i;
          const float* const from = x_ + (i * walk_.sources() + pixel) * stride_ + region.samples.begin;
          float* to = of_row + column / kPanelColumns * panel + c * count * kPanelColumns + column % kPanelColumns;
          for (int64_t b = 0; b < count; ++b, to += kPanelColumns) *to = from[b];
        }
      }
    }
  }

  // A product a tap, a block of output channels and a row, over its columns and samples.
  template <class InTasks>
  void multiply_region(const Region& region, float* tiles, InTasks&& in_tasks) const {
    const int64_t sets = walk_.taps() / taps_together_;
    const int64_t panels = std::clamp<int64_t>(row_panels_ * sets / kTasks, 1, kTaskPanels);
    const int64_t blocks = ceil_divide(row_panels_, panels);
    in_tasks(sets * blocks, [&](int64_t task) {
      const Range rows = {task % blocks * panels, std::min((task % blocks + 1) * panels, row_panels_)};
      const int64_t tap = task / blocks;
      for (int64_t row = region.rows.begin; row < region.rows.end; ++row) {
        if (taps_together_ > 1) {
          const int64_t place = place_of_target(region, row, region.columns.begin);
          multiply(rows, place, place, region.columns.size() * region.samples.size(), tiles);
        } else {
          multiply_tap(region, rows, tap, row, tiles + tile_at(tap, 0));
        }
      }
    });
  }

  void multiply_tap(const Region& region, Range panels, int64_t tap, int64_t row, float* tiles) const {
    const int64_t tap_column = tap % walk_.columns.kernel;
    const int64_t source_row = walk_.rows.source_of(row, tap / walk_.columns.kernel);
    const Range columns = reached(walk_.columns, region.columns, tap_column);
    if (source_row < 0 || columns.size() <= 0) return;
    const int64_t source_column = walk_.columns.source_of(columns.begin, tap_column);
    multiply(panels, place_of_target(region, row, columns.begin), place_of_source(region, source_row, source_column),
             columns.size() * region.samples.size(), tiles);
  }

  // tiles += products of all column panels with some row panels, over `depth` places from those given on.
  void multiply(Range panels, int64_t dy_place, int64_t x_place, int64_t depth, float* tiles) const {
    for (int64_t first = 0; first < depth; first += kDepth) {
      const int64_t count = std::min(kDepth, depth - first);
      for (int64_t column = 0; column < column_panels_; ++column) {
        const float* const b = x_rows_ + (column * x_depth_ + x_place + first) * kPanelColumns;
        for (int64_t row = panels.begin; row < panels.end; ++row) {
          const float* const a = dy_rows_ + (row * dy_depth_ + dy_place + first) * kPanelRows;
          panel_product(a, b, count, tiles + tile_at(0, row) + column * kTileFloats);
        }
      }
    }
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
  float *x_rows_ = nullptr, *dy_rows_ = nullptr;
};

// Output channels that are consumed at once, and whose gradients are formed at once: whole ones of those.
struct Blocks {
  Blocks(const ConvShape& shape, const WeightSegment* packed) {
    const int64_t row = shape.in * shape.taps();
    const auto rows_near = [&](int64_t weights) {
      const int64_t wanted = std::max<int64_t>(1, weights / row);
      return packed ? pack_rows_near(PackedLayout(packed->shape), wanted) : wanted;
    };
    consumed = rows_near(kConsumed);
    formed = std::min(ceil_divide(rows_near(kGradientBlock), consumed) * consumed, shape.out);
  }

  int64_t consumed, formed;
};

}  // namespace

double CpuBackend::weight_gradient_floats(const ConvShape& shape) {
  const WeightGradient gradient(shape, nullptr, nullptr);
  const int64_t formed = Blocks(shape, nullptr).formed;
  return static_cast<double>(gradient.floats(formed)) + gradient.panel_floats(formed);
}

void CpuBackend::conv2d_weight_gradient(const ConvShape& shape, const float* dy, const float* x,
                                        const GradientTarget& target) {
  static thread_local Scratch space;
  WeightGradient gradient(shape, dy, x);
  const int64_t row = shape.in * shape.taps();
  const Blocks blocks(shape, target.segment && target.segment->packed ? target.segment : nullptr);
  float* const tiles = space.floats(gradient.floats(blocks.formed));
  for (int64_t first = 0; first < shape.out; first += blocks.formed) {
    const int64_t rows = std::min(blocks.formed, shape.out - first);
    const auto start = Profile::Clock::now();
    gradient.compute(first, first + rows, tiles, [&](int64_t count, auto&& task) {
      in_blocks(count, 1, [&](int64_t index, int64_t) { task(index); });
    });
    profile.add(Part::weight_gradient, Profile::Clock::now() - start);
    const Timed timed(profile, Part::update);
    in_blocks(rows, blocks.consumed, [&](int64_t begin, int64_t end) {
      static thread_local Scratch in_order;
      float* const weights = in_order.floats((end - begin) * row);
      gradient.order(tiles, begin, end, weights);
      consume_gradient(target, (first + begin) * row, weights, (end - begin) * row);
    });
  }
}

}  // namespace bayesbinn::BAYESBINN_ISA
