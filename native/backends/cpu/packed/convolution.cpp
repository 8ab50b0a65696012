// Convolutions with packed weights, without im2col. The tables of a source pixel serve all outputs and all taps: each
// tap adds what it looks up to the sums of another target pixel.
#include <algorithm>
#include <span>
#include <vector>

#include "backends/cpu/conv_walk.h"
#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/packed/lookup.h"
#include "backends/cpu/scratch.h"
#include "backends/cpu/strips.h"
#include "base/ceil_divide.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// Outputs of a tile: enough to pay for the tables, which every tile builds for itself.
constexpr int64_t kOutputBlock = 256;
// Sums of a tile: 512 KiB, which stay in the second-level cache while all sources pass.
constexpr int64_t kTileSums = 131072;
// Columns of a tile, from few to many: wide images are cut both ways, so that few sources serve two tiles; and the sums
// of a few rows, which the taps of a source go to, stay in the first-level cache, where there are few outputs.
constexpr int64_t kFewColumns = 6;
constexpr int64_t kTileColumns = 16;
constexpr int64_t kRowSums = 256 * kSamples;
// Tasks that are wanted at least. For them tiles are not made so small that most of the time goes into tables.
constexpr int64_t kTasks = 16;
constexpr int64_t kFewRows = 4;
constexpr int64_t kFewOutputs = 96;

// Target pixels and outputs whose sums are formed at once.
struct Tile {
  Range rows, columns, outputs;
};

// Taps by which a source position reaches targets of the tile: count of them, from tap and target on.
struct Reach {
  int64_t source, count, tap, target;
};

// Taps that can lead from a source to some targets.
Range taps_of(const WalkAxis& axis, int64_t source, Range targets) {
  int64_t begin = 0, end = 0;
  if (axis.direction == Direction::forward) {
    begin = source + axis.padding - (targets.end - 1) * axis.stride;
    end = source + axis.padding - targets.begin * axis.stride + 1;
  } else {
    begin = targets.begin + axis.padding - source * axis.stride;
    end = targets.end + axis.padding - source * axis.stride;
  }
  return {std::max<int64_t>(0, begin), std::min(axis.kernel, end)};
}

// All source positions that reach `targets`.
void reaches(const WalkAxis& axis, Range targets, std::vector<Reach>& out) {
  out.clear();
  const Range sources = sources_of(axis, targets);
  for (int64_t source = sources.begin; source < sources.end; ++source) {
    Reach reach = {source, 0, 0, 0};
    const Range taps = taps_of(axis, source, targets);
    for (int64_t tap = taps.begin; tap < taps.end; ++tap) {
      const int64_t target = axis.target_of(source, tap);
      if (target < targets.begin || target >= targets.end) continue;
      if (reach.count++ == 0) reach.tap = tap, reach.target = target - targets.begin;
    }
    if (reach.count > 0) out.push_back(reach);
  }
}

template <int bits>
class TileSums {
 public:
  // stride: floats from a pixel of the images to the next.
  TileSums(const Walk& whole, const Strips& strips, int64_t stride, const CodeLayout& layout, const uint16_t* codes,
           const Tile& tile)
      : whole_(whole),
        walk_(strips.walk()),
        stride_(stride),
        layout_(layout),
        codes_(codes),
        tile_(tile),
        source_parts_(strips.width(), kSamples),
        target_parts_(strips.width(), kSamples) {
    static thread_local std::vector<Reach> rows, columns;
    static thread_local Scratch scratch;
    reaches(walk_.rows, tile.rows, rows);
    reaches(walk_.columns, tile.columns, columns);
    rows_ = rows;
    columns_ = columns;
    sums_ = scratch.floats(count());
    for (const Reach& column : columns_)
      source_parts_.add(stride, [&](int64_t strip) { return strips.source_column(strip, column.source); });
    for (int64_t column = tile.columns.begin; column < tile.columns.end; ++column)
      target_parts_.add(stride, [&](int64_t strip) { return strips.target_column(strip, column); });
  }

  // x: the samples of channel 0, pixel 0.
  template <int64_t samples>
  void compute(const float* x) {
    std::fill_n(sums_, count(), 0.0f);
    for (int64_t chunk = 0; chunk < layout_.chunks; ++chunk)
      with_groups(layout_, chunk, [&]<int64_t groups>() { add_chunk<groups, samples>(chunk, x); });
  }

  // The sums of the tile to their places in y, which is laid out as x.
  void write(const float* bias, float* y) const {
    const int64_t outputs = tile_.outputs.size();
    for (int64_t o = 0; o < outputs; ++o) {
      const float shift = bias ? bias[tile_.outputs.begin + o] : 0.0f;
      const float* from = sums_ + o * kSamples;
      for (int64_t r = tile_.rows.begin; r < tile_.rows.end; ++r, from += tile_.columns.size() * outputs * kSamples) {
        const int64_t row = (tile_.outputs.begin + o) * whole_.rows.targets + r;
        target_parts_.scatter(from, outputs * kSamples, shift, y + row * whole_.columns.targets * stride_);
      }
    }
  }

 private:
  int64_t count() const { return tile_.rows.size() * tile_.columns.size() * tile_.outputs.size() * kSamples; }

  template <int64_t groups, int64_t samples>
  void add_chunk(int64_t chunk, const float* x) {
    static thread_local Scratch table_space, row_space;
    constexpr int64_t kInputs = groups * bits;
    float* const tables = table_space.floats(kChunk * (kSamples << bits));
    float* const inputs = row_space.floats(static_cast<int64_t>(columns_.size()) * kInputs * kSamples);
    for (const Reach& row : rows_) {
      gather_row<groups>(chunk, x + row.source * whole_.columns.sources * stride_, inputs);
      for (size_t i = 0; i < columns_.size(); ++i) {
        build_tables<bits, groups, samples>(inputs + static_cast<int64_t>(i) * kInputs * kSamples, tables);
        add_taps<groups, samples>(chunk, row, columns_[i], tables);
      }
    }
  }

  // The inputs of a chunk side by side for each source of a row. In the image they lie a power of two apart as a
  // rule, on the same lines of the cache, so that they are read channel by channel.
  template <int64_t groups>
  void gather_row(int64_t chunk, const float* x, float* inputs) {
    constexpr int64_t kInputs = groups * bits;
    for (int64_t i = 0; i < kInputs; ++i) {
      const int64_t channel = input_of(layout_, chunk * kChunk + i / bits, i % bits);
      float* const to = inputs + i * kSamples;
      if (channel >= 0) {
        source_parts_.gather(x + channel * whole_.sources() * stride_, kInputs * kSamples, to);
      } else {
        for (size_t c = 0; c < columns_.size(); ++c)
          std::fill_n(to + static_cast<int64_t>(c) * kInputs * kSamples, kSamples, 0.0f);
      }
    }
  }

  template <int64_t groups, int64_t samples>
  void add_taps(int64_t chunk, const Reach& row, const Reach& column, const float* tables) {
    const int64_t outputs = tile_.outputs.size();
    const bool forward = walk_.rows.direction == Direction::forward;
    const int64_t target_step = forward ? -1 : 1;
    const int64_t row_step = forward ? walk_.rows.stride : 1;
    const int64_t column_step = forward ? walk_.columns.stride : 1;
    for (int64_t i = 0; i < row.count; ++i) {
      for (int64_t j = 0; j < column.count; ++j) {
        const int64_t tap = (row.tap + i * row_step) * walk_.columns.kernel + column.tap + j * column_step;
        const int64_t target = (row.target + i * target_step) * tile_.columns.size() + column.target + j * target_step;
        const uint16_t* const codes =
            codes_ + tap * layout_.codes() + layout_.place(chunk * kChunk, tile_.outputs.begin);
        look_up<bits, false, groups, samples>(tables, codes, outputs, sums_ + target * outputs * kSamples);
      }
    }
  }

  const Walk& whole_;
  const Walk& walk_;  // of a strip
  int64_t stride_;
  const CodeLayout& layout_;
  const uint16_t* codes_;
  Tile tile_;
  std::span<const Reach> rows_, columns_;
  Parts source_parts_, target_parts_;
  float* sums_;
};

Range block_of(int64_t index, int64_t block, int64_t count) {
  return {index * block, std::min((index + 1) * block, count)};
}

// How targets and outputs are cut into tiles: as large as there is room for their sums, but enough of them for several
// threads.
class Cut {
 public:
  Cut(const Walk& walk, int64_t outputs, int64_t sample_blocks)
      : rows_(walk.rows.targets), columns_(walk.columns.targets), outputs_(outputs), sample_blocks_(sample_blocks) {
    output_block_ = std::min(outputs, kOutputBlock);
    const int64_t pixels = std::max<int64_t>(1, kTileSums / (output_block_ * kSamples));
    const int64_t near = std::clamp(kRowSums / (output_block_ * kSamples), kFewColumns, kTileColumns);
    column_block_ = even(columns_, std::min({columns_, near, pixels}));
    row_block_ = even(rows_, std::min(rows_, std::max<int64_t>(1, pixels / column_block_)));
    while (tasks() < kTasks && row_block_ > kFewRows) row_block_ = even(rows_, row_block_ - 1);
    while (tasks() < kTasks && output_block_ > kFewOutputs) output_block_ = ceil_divide(output_block_, 2);
  }

  int64_t tiles() const {
    return ceil_divide(rows_, row_block_) * ceil_divide(columns_, column_block_) * ceil_divide(outputs_, output_block_);
  }
  int64_t tasks() const { return tiles() * sample_blocks_; }

  Tile tile(int64_t index) const {
    Tile tile;
    const int64_t output_blocks = ceil_divide(outputs_, output_block_);
    const int64_t column_blocks = ceil_divide(columns_, column_block_);
    tile.outputs = block_of(index % output_blocks, output_block_, outputs_);
    index /= output_blocks;
    tile.columns = block_of(index % column_blocks, column_block_, columns_);
    tile.rows = block_of(index / column_blocks % ceil_divide(rows_, row_block_), row_block_, rows_);
    return tile;
  }

 private:
  // Of as many blocks, the size that makes them alike.
  static int64_t even(int64_t count, int64_t block) { return ceil_divide(count, ceil_divide(count, block)); }

  int64_t rows_, columns_, outputs_, sample_blocks_;
  int64_t row_block_, column_block_, output_block_;
};

}  // namespace

void CpuBackend::packed_convolution(const Walk& whole, const CodeLayout& layout, const uint16_t* codes, const float* x,
                                    const float* bias, int64_t batch, float* y) {
  const int64_t stride = batch_stride(batch);
  const Strips strips(whole, stride, kSamples);
  const Walk& walk = strips.walk();
  const Cut cut(walk, layout.outputs, ceil_divide(batch, kBatchMultiple));
  in_blocks(cut.tasks(), 1, [&](int64_t task, int64_t) {
    const Tile tile = cut.tile(task);
    const Range samples = block_of(task / cut.tiles(), kBatchMultiple, batch);
    with_bits(layout.bits, [&]<int bits>() {
      TileSums<bits> sums(whole, strips, stride, layout, codes, tile);
      for (int64_t sample = samples.begin; sample < samples.end; sample += kSamples) {
        const int64_t lanes = strips.count() > 1 ? strips.count() * stride : samples.end - sample;
        with_samples(lanes, [&]<int64_t count>() { sums.template compute<count>(x + sample); });
        sums.write(bias, y + sample);
      }
    });
  });
}

}  // namespace bayesbinn::BAYESBINN_ISA
