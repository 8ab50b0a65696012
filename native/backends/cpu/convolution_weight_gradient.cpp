// The weight gradient of a convolution, as dense products over pixels and samples, from panels (weight_gradient_panels.h).
// Blocks of output channels are formed, then put in order and consumed.
#include <algorithm>

#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/packed/pack.h"
#include "backends/cpu/weight_gradient_panels.h"

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

// Targets of a range whose source by a tap lies within the input.
Range reached(const WalkAxis& axis, Range targets, int64_t tap) {
  while (targets.begin < targets.end && axis.source_of(targets.begin, tap) < 0) ++targets.begin;
  while (targets.end > targets.begin && axis.source_of(targets.end - 1, tap) < 0) --targets.end;
  return targets;
}

// Of a block of output channels.
class WeightGradient {
 public:
  WeightGradient(const ConvShape& shape, const float* dy, const float* x)
      : shape_(shape), panels_(shape, dy, x), walk_(panels_.walk()), pairs_(ceil_divide(panels_.units(), 2)) {}

  // Space for the tiles of `outputs` channels: [pair of units][row panel][tile].
  int64_t floats(int64_t outputs) const { return pairs_ * ceil_divide(outputs, kPanelRows) * kTileFloats; }

  // Space for the panels.
  double panel_floats(int64_t outputs, int threads) const { return panels_.floats(outputs, kPanelFloats, threads); }

  // Tiles of the output channels begin..end-1. in_tasks(count, task) runs tasks.
  template <class InTasks>
  void compute(int64_t begin, int64_t end, float* tiles, InTasks&& in_tasks) {
    row_panels_ = ceil_divide(end - begin, kPanelRows);
    const int64_t count = floats(end - begin);
    in_tasks(ceil_divide(count, kConsumed), [&](int64_t task) {
      std::fill_n(tiles + task * kConsumed, std::min(kConsumed, count - task * kConsumed), 0.0f);
    });
    Region region;
    for (int64_t row = 0; row < walk_.rows.targets; row = region.rows.end) {
      for (int64_t column = 0; column < walk_.columns.targets; column = region.columns.end) {
        for (int64_t sample = 0; sample < shape_.batch; sample = region.samples.end) {
          region = panels_.region(row, column, sample, end - begin, kPanelFloats);
          panels_.fill(region, begin, end, in_tasks);
          multiply_region(region, tiles, in_tasks);
        }
      }
    }
  }

  // Gradients of the channels begin..end-1 of the block, from their tiles, in the order of the weights.
  void order(const float* tiles, int64_t begin, int64_t end, float* weights) const {
    const int64_t taps = walk_.taps();
    for (int64_t o = begin; o < end; ++o) {
      const float* const row = tiles + o / kPanelRows * kTileFloats + o % kPanelRows * kPanelColumns;
      for (int64_t tap = 0; tap < taps; ++tap) {
        float* const to = weights + (o - begin) * shape_.in * taps + tap;
        for (int64_t i = 0; i < shape_.in; ++i) {
          const int64_t column = panels_.column_of(tap, i);
          to[i * taps] = row[column / kPanelColumns * row_panels_ * kTileFloats + column % kPanelColumns];
        }
      }
    }
  }

 private:
  // A product a row, over its columns and samples, for a block of output channels and the pairs of a set of units, or
  // where sets share a pair, of one.
  template <class InTasks>
  void multiply_region(const Region& region, float* tiles, InTasks&& in_tasks) const {
    const int64_t groups = panels_.padded() ? pairs_ : panels_.sets();
    const int64_t panels = std::clamp<int64_t>(row_panels_ * groups / kTasks, 1, kTaskPanels);
    const int64_t blocks = ceil_divide(row_panels_, panels);
    in_tasks(groups * blocks, [&](int64_t task) {
      const Range rows = {task % blocks * panels, std::min((task % blocks + 1) * panels, row_panels_)};
      const int64_t each = ceil_divide(pairs_, groups);
      const Range pairs = {task / blocks * each, (task / blocks + 1) * each};
      for (int64_t row = region.rows.begin; row < region.rows.end; ++row) {
        const Range columns = panels_.padded() ? region.columns : reached_by(task / blocks, region.columns, row);
        if (columns.size() > 0) multiply(region, rows, pairs, row, columns, tiles);
      }
    });
  }

  // Of the columns of a row those where a tap reads something.
  Range reached_by(int64_t tap, Range columns, int64_t row) const {
    if (walk_.rows.source_of(row, tap / walk_.columns.kernel) < 0) return {0, 0};
    return reached(walk_.columns, columns, tap % walk_.columns.kernel);
  }

  // tiles += products of some pairs of units with some row panels.
  void multiply(const Region& region, Range row_panels, Range pairs, int64_t row, Range columns, float* tiles) const {
    const int64_t depth = columns.size() * region.samples.size();
    for (int64_t first = 0; first < depth; first += kDepth) {
      const int64_t count = std::min(kDepth, depth - first);
      for (int64_t pair = pairs.begin; pair < pairs.end; ++pair) {
        const int64_t other = std::min(2 * pair + 1, panels_.units() - 1);
        const float* const left = panels_.inputs(region, 2 * pair, row, columns.begin) + first * kLanes;
        const float* const right = panels_.inputs(region, other, row, columns.begin) + first * kLanes;
        float* const of_pair = tiles + pair * row_panels_ * kTileFloats;
        for (int64_t panel = row_panels.begin; panel < row_panels.end; ++panel) {
          const float* const a = panels_.gradients(region, panel, row, columns.begin) + first * kPanelRows;
          panel_product(a, left, right, kLanes, count, of_pair + panel * kTileFloats);
        }
      }
    }
  }

  const ConvShape& shape_;
  GradientPanels panels_;
  const Walk& walk_;
  int64_t pairs_;
  int64_t row_panels_ = 0;
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

double CpuBackend::weight_gradient_floats(const ConvShape& shape) const {
  const WeightGradient gradient(shape, nullptr, nullptr);
  const int64_t formed = Blocks(shape, nullptr).formed;
  return static_cast<double>(gradient.floats(formed)) + gradient.panel_floats(formed, threads_);
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
