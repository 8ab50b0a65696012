// Convolutions, forward and backward: packed weights by table look-up (packed/convolution.cpp), others by dense products
// without im2col.
#include <algorithm>
#include <vector>

#include "backends/cpu/conv_walk.h"
#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/packed/layout.h"
#include "backends/cpu/panel_product.h"
#include "backends/cpu/scratch.h"
#include "backends/cpu/strips.h"
#include "base/ceil_divide.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// Target columns of a task, and rows at most: their sums pass while a panel of weights stays in cache, and neighbouring
// rows read the same sources, as far as these stay in cache.
constexpr int64_t kColumnBlock = 8;
constexpr int64_t kRowBlock = 4;
constexpr int64_t kGatheredFloats = 65536;

PackedShape packed_shape(const ConvShape& shape) { return {shape.out, shape.in, shape.taps()}; }

// A convolution with dense weights: a product of panels a tap and target pixel, over the channels of the source pixel.
// `walk` says which way; "in" and "out" are the channels of sources and targets.
class DenseConvolution {
 public:
  DenseConvolution(const Walk& walk, const PackedShape& weights, int64_t batch)
      : whole_(walk),
        strips_(walk, batch_stride(batch), kPanelColumns),
        walk_(strips_.walk()),
        weights_(weights),
        forward_(walk.rows.direction == Direction::forward),
        in_(forward_ ? weights.inputs : weights.outputs),
        out_(forward_ ? weights.outputs : weights.inputs),
        panels_(ceil_divide(out_, kPanelRows)),
        stride_(batch_stride(batch)),
        batch_(batch) {
    while (row_block_ > 1 && (row_block_ > walk_.rows.targets || gathered_floats() > kGatheredFloats)) --row_block_;
  }

  int64_t panels() const { return panels_; }
  // Of the weights in panels: [panel][tap][in][kPanelRows].
  int64_t panel_floats() const { return weights_.taps * in_ * kPanelRows; }

  void fill_panel(const float* weights, int64_t panel, float* to) const {
    const int64_t from_in = forward_ ? weights_.taps : weights_.inputs * weights_.taps;
    const int64_t from_out = forward_ ? weights_.inputs * weights_.taps : weights_.taps;
    for (int64_t tap = 0; tap < weights_.taps; ++tap) {
      for (int64_t i = 0; i < in_; ++i) {
        for (int64_t r = 0; r < kPanelRows; ++r, ++to) {
          const int64_t o = panel * kPanelRows + r;
          *to = o < out_ ? weights[o * from_out + i * from_in + tap] : 0.0f;
        }
      }
    }
  }

  // Tasks: a block of rows, of columns and of samples of the targets each.
  int64_t column_blocks() const { return ceil_divide(walk_.columns.targets, kColumnBlock); }
  int64_t sample_blocks() const { return ceil_divide(batch_, kPanelColumns); }
  int64_t tasks() const { return ceil_divide(walk_.rows.targets, row_block_) * column_blocks() * sample_blocks(); }

  void compute(int64_t task, const float* panels, const float* x, const float* bias, float* y) const {
    static thread_local Scratch source_space;
    const int64_t sample = task % sample_blocks() * kPanelColumns;
    task /= sample_blocks();
    const int64_t column = task % column_blocks() * kColumnBlock;
    const int64_t row = task / column_blocks() * row_block_;
    Block block;
    block.rows = {row, std::min(row + row_block_, walk_.rows.targets)};
    block.columns = {column, std::min(column + kColumnBlock, walk_.columns.targets)};
    block.source_rows = sources_of(walk_.rows, block.rows);
    block.source_columns = sources_of(walk_.columns, block.columns);
    block.gathered = source_space.floats(block.source_rows.size() * block.source_columns.size() * in_ * kPanelColumns);

    const int64_t width = std::min(strips_.width(), stride_ - sample);
    gather(block, width, x + sample);
    std::vector<Parts> targets(static_cast<size_t>(block.columns.size()), Parts(width, kPanelColumns));
    for (int64_t c = block.columns.begin; c < block.columns.end; ++c) {
      targets[static_cast<size_t>(c - block.columns.begin)].add(
          stride_, [&](int64_t strip) { return strips_.target_column(strip, c); });
    }
    for (int64_t panel = 0; panel < panels_; ++panel) {
      for (int64_t r = block.rows.begin; r < block.rows.end; ++r) {
        for (int64_t c = block.columns.begin; c < block.columns.end; ++c) {
          alignas(64) float tile[kTileFloats] = {};
          multiply(block, panels + panel * panel_floats(), r, c, tile);
          write(panel, r, targets[static_cast<size_t>(c - block.columns.begin)], tile, bias, y + sample);
        }
      }
    }
  }

  // Space that a task needs at most.
  double gathered_floats() const {
    const int64_t most = span_of(walk_.rows, row_block_) * span_of(walk_.columns, kColumnBlock);
    return static_cast<double>(most) * static_cast<double>(in_ * kPanelColumns);
  }

 private:
  // Of targets, and what they read: gathered[row][column][in][kPanelColumns].
  struct Block {
    Range rows, columns;
    Range source_rows, source_columns;
    float* gathered;
  };

  // Channels lie a power of two apart as a rule, on the same lines of the cache: they are read one after the other.
  void gather(const Block& block, int64_t width, const float* x) const {
    Parts parts(width, kPanelColumns);
    for (int64_t c = block.source_columns.begin; c < block.source_columns.end; ++c)
      parts.add(stride_, [&](int64_t strip) { return strips_.source_column(strip, c); });
    float* to = block.gathered;
    for (int64_t row = block.source_rows.begin; row < block.source_rows.end; ++row) {
      for (int64_t i = 0; i < in_; ++i) {
        const float* const from = x + (i * whole_.sources() + row * whole_.columns.sources) * stride_;
        parts.gather(from, in_ * kPanelColumns, to + i * kPanelColumns);
      }
      to += block.source_columns.size() * in_ * kPanelColumns;
    }
  }

  // tile += the taps of a panel of weights at a target.
  void multiply(const Block& block, const float* panel, int64_t row, int64_t column, float* tile) const {
    for (int64_t tap = 0; tap < weights_.taps; ++tap) {
      const int64_t source_row = walk_.rows.source_of(row, tap / walk_.columns.kernel);
      const int64_t source_column = walk_.columns.source_of(column, tap % walk_.columns.kernel);
      if (source_row < 0 || source_column < 0) continue;
      const int64_t place = (source_row - block.source_rows.begin) * block.source_columns.size() + source_column -
                            block.source_columns.begin;
      const float* const sources = block.gathered + place * in_ * kPanelColumns;
      panel_product(panel + tap * in_ * kPanelRows, sources, sources + kLanes, kPanelColumns, in_, tile);
    }
  }

  // A tile to the places of a target column in its row.
  void write(int64_t panel, int64_t row, const Parts& column, const float* tile, const float* bias, float* y) const {
    const int64_t first = panel * kPanelRows;
    for (int64_t o = first; o < std::min(first + kPanelRows, out_); ++o, tile += kPanelColumns) {
      float* const to = y + (o * whole_.targets() + row * whole_.columns.targets) * stride_;
      column.scatter(tile, kPanelColumns, bias ? bias[o] : 0.0f, to);
    }
  }

  const Walk& whole_;
  Strips strips_;
  const Walk& walk_;  // of a strip
  const PackedShape& weights_;
  bool forward_;
  int64_t in_, out_, panels_, stride_, batch_;
  int64_t row_block_ = kRowBlock;
};

}  // namespace

int64_t CpuBackend::conv2d_scratch_bytes(const ConvShape& shape) const {
  double dense = 0;
  for (const Direction direction : {Direction::forward, Direction::backward}) {
    const Walk walk(shape, direction);
    const PackedShape weights = packed_shape(shape);
    const DenseConvolution convolution(walk, weights, shape.batch);
    const auto panels = static_cast<double>(convolution.panels()) * static_cast<double>(convolution.panel_floats());
    dense = std::max(dense, panels + threads_ * convolution.gathered_floats());
  }
  const double floats = dense + weight_gradient_floats(shape);
  return static_cast<int64_t>(std::min(floats * sizeof(float), 0x1p62));
}

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
  static thread_local Scratch space;
  const DenseConvolution convolution(walk, shape, batch);
  float* const panels = space.floats(convolution.panels() * convolution.panel_floats());
  in_blocks(convolution.panels(), 1, [&](int64_t panel, int64_t) {
    convolution.fill_panel(weights, panel, panels + panel * convolution.panel_floats());
  });
  in_blocks(convolution.tasks(), 1, [&](int64_t task, int64_t) { convolution.compute(task, panels, x, bias, y); });
}

}  // namespace bayesbinn::BAYESBINN_ISA
