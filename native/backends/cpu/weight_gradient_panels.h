// Panels for the weight gradient of a convolution: rows of the images with channels innermost, once for all taps, since
// a tap is nothing but a move along the pixels.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "backends/cpu/batch_stride.h"
#include "backends/cpu/conv_walk.h"
#include "backends/cpu/panel_product.h"
#include "backends/cpu/scratch.h"
#include "backends/cpu/transpose.h"
#include "base/ceil_divide.h"

namespace bayesbinn::BAYESBINN_ISA {

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

// Panels of the outputs' gradients, kPanelRows channels wide, and of the inputs. These are cut into units of a vector of
// channels a tap, of which a product takes two; a tap's units differ from those of other taps in where they begin.
class GradientPanels {
 public:
  GradientPanels(const ConvShape& shape, const float* dy, const float* x)
      : shape_(shape),
        walk_(shape, Direction::forward),
        order_(walk_.columns),
        stride_(batch_stride(shape.batch)),
        dy_(dy),
        x_(x) {
    const int64_t apart = ceil_divide(shape.in, kLanes), together = ceil_divide(walk_.taps() * shape.in, kLanes);
    // Of few channels all taps lie side by side in the panels: a copy, but no panel that is almost empty.
    taps_together_ = walk_.taps() > 1 && 2 * together <= walk_.taps() * apart;
    parts_ = taps_together_ ? together : apart;
    sets_ = taps_together_ ? 1 : walk_.taps();
    padded_ = taps_together_ || (sets_ > 1 && parts_ % 2 == 1);
  }

  const Walk& walk() const { return walk_; }
  int64_t units() const { return sets_ * parts_; }
  // Sets of units that read the same pixels.
  int64_t sets() const { return sets_; }
  // Whether what lies beyond the edges is there, as zeros, so that every tap reads something at every output.
  bool padded() const { return padded_; }

  // Where the weights of a tap and an input channel are: unit and lane, as one number.
  int64_t column_of(int64_t tap, int64_t channel) const {
    return taps_together_ ? tap * shape_.in + channel : tap * parts_ * kLanes + channel;
  }

  // The region of the outputs from a place on for which `floats` is room in each kind of panel: at least a pixel of a
  // few samples.
  Region region(int64_t row, int64_t column, int64_t sample, int64_t outputs, int64_t floats) const {
    const Extent fits = extent(outputs, floats);
    Region region;
    region.rows = {row, std::min(row + fits.rows, walk_.rows.targets)};
    region.columns = {column, std::min(column + fits.columns, walk_.columns.targets)};
    region.samples = {sample, std::min(sample + fits.samples, shape_.batch)};
    region.source_rows = read_by(walk_.rows, region.rows);
    region.source_columns = read_by(walk_.columns, region.columns);
    return region;
  }

  // Memory that all of this takes, on so many threads.
  double floats(int64_t outputs, int64_t room, int threads) const {
    const Extent fits = extent(outputs, room);
    const auto samples = static_cast<double>(fits.samples);
    const double targets = static_cast<double>(fits.rows * fits.columns) * samples;
    const double source_columns = static_cast<double>(span(walk_.columns, fits.columns)) * samples;
    const double sources = static_cast<double>(span(walk_.rows, fits.rows)) * source_columns;
    const double rows = taps_together_ ? threads * static_cast<double>(walk_.rows.kernel * shape_.in) : 0;
    return targets * static_cast<double>(ceil_divide(outputs, kPanelRows) * kPanelRows) + rows * source_columns +
           (taps_together_ ? targets : sources) * static_cast<double>(parts_ * kLanes);
  }

  // Fills the panels with what a region holds of the output channels begin..end-1. in_tasks(count, task) runs tasks.
  template <class InTasks>
  void fill(const Region& region, int64_t begin, int64_t end, InTasks&& in_tasks) {
    static thread_local Scratch x_space, dy_space;
    dy_depth_ = region.targets();
    x_depth_ = taps_together_ ? region.targets() : region.sources();
    dy_rows_ = dy_space.floats(ceil_divide(end - begin, kPanelRows) * dy_depth_ * kPanelRows);
    x_rows_ = x_space.floats(parts_ * x_depth_ * kLanes);
    const int64_t rows = region.rows.size();
    in_tasks(rows + (taps_together_ ? rows : region.source_rows.size()), [&](int64_t task) {
      if (task < rows) {
        fill_targets(region, region.rows.begin + task, begin, end);
      } else if (taps_together_) {
        fill_taps(region, region.rows.begin + task - rows);
      } else {
        fill_sources(region, region.source_rows.begin + task - rows);
      }
    });
  }

  // From an output on: of a panel of output channels, and of a unit.
  const float* gradients(const Region& region, int64_t panel, int64_t row, int64_t column) const {
    return dy_rows_ + (panel * dy_depth_ + place_of_target(region, row, column)) * kPanelRows;
  }
  const float* inputs(const Region& region, int64_t unit, int64_t row, int64_t column) const {
    const int64_t tap = unit / parts_;
    const int64_t place =
        taps_together_
            ? place_of_target(region, row, column)
            : place_of_source(region, row * walk_.rows.stride - walk_.rows.padding + tap / walk_.columns.kernel,
                              column * walk_.columns.stride - walk_.columns.padding + tap % walk_.columns.kernel);
    return x_rows_ + (unit % parts_ * x_depth_ + place) * kLanes;
  }

 private:
  static constexpr int64_t kNowhere = -1;  // in place of a place in a panel

  struct Extent {
    int64_t rows, columns, samples;
  };

  Extent extent(int64_t outputs, int64_t floats) const {
    const int64_t widest = std::max(ceil_divide(outputs, kPanelRows) * kPanelRows, parts_ * kLanes);
    const int64_t room = std::max<int64_t>(1, floats / widest);  // pixels times samples
    Extent fits = {1, 1, std::min(shape_.batch, std::max(kBatchMultiple, room / kBatchMultiple * kBatchMultiple))};
    const auto has_room = [&](int64_t rows, int64_t columns) {
      const int64_t sources = taps_together_ ? 0 : span(walk_.rows, rows) * span(walk_.columns, columns);
      return std::max(rows * columns, sources) <= room / fits.samples;
    };
    while (fits.columns < walk_.columns.targets && has_room(1, fits.columns + 1)) ++fits.columns;
    while (fits.rows < walk_.rows.targets && has_room(fits.rows + 1, fits.columns)) ++fits.rows;
    return fits;
  }

  // What targets read, with what lies beyond the edges where that is in the panels; and its length.
  Range read_by(const WalkAxis& axis, Range targets) const {
    if (!padded_) return sources_of(axis, targets);
    const int64_t first = targets.begin * axis.stride - axis.padding;
    return {first, first + span(axis, targets.size())};
  }
  int64_t span(const WalkAxis& axis, int64_t targets) const {
    return padded_ ? (targets - 1) * axis.stride + axis.kernel : span_of(axis, targets);
  }

  // Whether any tap reads a source: not all do where the stride is longer than the kernel.
  static bool is_read(const WalkAxis& axis, int64_t source) {
    return (source + axis.padding) % axis.stride < axis.kernel;
  }
  static bool exists(const WalkAxis& axis, int64_t source) { return source >= 0 && source < axis.sources; }

  // Places of pixels in panels.
  static int64_t place_of_target(const Region& region, int64_t row, int64_t column) {
    return ((row - region.rows.begin) * region.columns.size() + column - region.columns.begin) * region.samples.size();
  }
  int64_t place_of_source(const Region& region, int64_t row, int64_t column) const {
    const int64_t at = order_.place(column, region.source_columns.begin, region.source_columns.size());
    return ((row - region.source_rows.begin) * region.source_columns.size() + at) * region.samples.size();
  }

  void fill_targets(const Region& region, int64_t row, int64_t begin, int64_t end) const {
    const float* const from = dy_ + (begin * walk_.targets() + row * walk_.columns.targets) * stride_;
    in_runs(
        region, region.columns, [&](int64_t c) { return place_of_target(region, row, c); },
        [&](int64_t offset, std::span<const int64_t> places) {
          to_panels<kPanelRows>(
              end - begin, places, [&](int64_t o) { return from + offset + o * walk_.targets() * stride_; },
              dy_depth_ * kPanelRows, dy_rows_);
        });
  }

  void fill_sources(const Region& region, int64_t row) const {
    if (!is_read(walk_.rows, row)) return;
    const int64_t samples = region.samples.size();
    const auto clear = [&](Range columns) {
      for (int64_t c = columns.begin; c < columns.end; ++c) {
        for (int64_t part = 0; part < parts_; ++part)
          std::fill_n(x_rows_ + (part * x_depth_ + place_of_source(region, row, c)) * kLanes, samples * kLanes, 0.0f);
      }
    };
    if (!exists(walk_.rows, row)) return clear(region.source_columns);
    const Range inside = {std::max<int64_t>(region.source_columns.begin, 0),
                          std::min(region.source_columns.end, walk_.columns.sources)};
    clear({region.source_columns.begin, std::min(inside.begin, region.source_columns.end)});
    clear({std::max(inside.end, region.source_columns.begin), region.source_columns.end});
    const float* const from = x_ + row * walk_.columns.sources * stride_;
    in_runs(
        region, inside,
        [&](int64_t c) { return is_read(walk_.columns, c) ? place_of_source(region, row, c) : kNowhere; },
        [&](int64_t offset, std::span<const int64_t> places) {
          to_panels<kLanes>(
              shape_.in, places, [&](int64_t i) { return from + offset + i * walk_.sources() * stride_; },
              x_depth_ * kLanes, x_rows_);
        });
  }

  // Calls action(offset in the row, places of the values from there) for parts of a row that are one run of memory: some
  // columns, where they have few samples, or the samples of one. place_of(column): place of its first sample.
  template <class PlaceOf, class Action>
  void in_runs(const Region& region, Range columns, PlaceOf&& place_of, Action&& action) const {
    static thread_local std::vector<int64_t> places;
    const int64_t samples = region.samples.size();
    const bool few = stride_ < kBatchMultiple;
    const int64_t room = few ? stride_ : ceil_divide(samples, kBatchMultiple) * kBatchMultiple;
    places.clear();
    for (int64_t c = columns.begin; c < columns.end; ++c) {
      const int64_t first = place_of(c);
      for (int64_t s = 0; s < room; ++s) places.push_back(first < 0 || s >= samples ? kNowhere : first + s);
      if (few && c + 1 < columns.end) continue;
      action((few ? columns.begin : c) * stride_ + region.samples.begin, std::span<const int64_t>(places));
      places.clear();
    }
  }

  // What each tap reads at the outputs' places: column tap * in + channel.
  void fill_taps(const Region& region, int64_t row) const {
    static thread_local Scratch row_space;
    static thread_local std::vector<int64_t> places;
    const int64_t samples = region.samples.size();
    const int64_t width = region.source_columns.size() * samples;
    float* const rows = row_space.floats(walk_.rows.kernel * shape_.in * width);
    for (int64_t r = 0; r < walk_.rows.kernel; ++r) {
      const int64_t source = row * walk_.rows.stride - walk_.rows.padding + r;
      for (int64_t i = 0; i < shape_.in; ++i) copy_row(region, source, i, rows + (r * shape_.in + i) * width);
    }
    places.clear();
    for (int64_t s = 0; s < region.columns.size() * samples; ++s)
      places.push_back(place_of_target(region, row, region.columns.begin) + s);
    to_panels<kLanes>(
        walk_.taps() * shape_.in, places,
        [&](int64_t column) {
          const int64_t tap = column / shape_.in, i = column % shape_.in;
          const int64_t at = order_.place(tap % walk_.columns.kernel, 0, region.source_columns.size());
          return rows + (tap / walk_.columns.kernel * shape_.in + i) * width + at * samples;
        },
        x_depth_ * kLanes, x_rows_);
  }

  // A row of a channel as a region reads it: columns in their order, zeros beyond the edges.
  void copy_row(const Region& region, int64_t row, int64_t channel, float* to) const {
    const int64_t samples = region.samples.size();
    const float* const from = x_ + (channel * walk_.sources() + row * walk_.columns.sources) * stride_;
    for (int64_t c = region.source_columns.begin; c < region.source_columns.end; ++c) {
      const int64_t at = order_.place(c, region.source_columns.begin, region.source_columns.size());
      if (exists(walk_.rows, row) && exists(walk_.columns, c)) {
        std::copy_n(from + c * stride_ + region.samples.begin, samples, to + at * samples);
      } else {
        std::fill_n(to + at * samples, samples, 0.0f);
      }
    }
  }

  const ConvShape& shape_;
  Walk walk_;
  ColumnOrder order_;
  int64_t stride_;
  const float *dy_, *x_;
  bool taps_together_, padded_;
  int64_t parts_;  // units of a set
  int64_t sets_;
  int64_t x_depth_ = 0, dy_depth_ = 0;
  float *x_rows_ = nullptr, *dy_rows_ = nullptr;
};

}  // namespace bayesbinn::BAYESBINN_ISA
