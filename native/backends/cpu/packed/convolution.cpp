// Convolutions with packed weights, without im2col. The tables of a source pixel serve all outputs and all taps: each
// tap adds what it looks up to the sums of another target pixel.
#include <algorithm>
#include <span>
#include <vector>

#include "backends/cpu/conv_walk.h"
#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/packed/lookup.h"
#include "backends/cpu/scratch.h"
#include "base/ceil_divide.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// Outputs of a tile: enough to pay for the tables, which every tile builds for itself.
constexpr int64_t kOutputBlock = 256;
// Sums of a tile: 512 KiB, which stay in the second-level cache while all sources pass.
constexpr int64_t kTileSums = 131072;
// Columns of a tile: wide images are cut both ways, so that few sources serve two tiles.
constexpr int64_t kTileColumns = 16;

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
  TileSums(const Walk& walk, const CodeLayout& layout, const uint16_t* codes, const Tile& tile)
      : walk_(walk), layout_(layout), codes_(codes), tile_(tile) {
    static thread_local std::vector<Reach> rows, columns;
    static thread_local Scratch scratch;
    reaches(walk.rows, tile.rows, rows);
    reaches(walk.columns, tile.columns, columns);
    rows_ = rows;
    columns_ = columns;
    sums_ = scratch.floats(count());
  }

  // x: the samples of channel 0, pixel 0; pixels lie `stride` floats apart.
  template <int64_t samples>
  void compute(const float* x, int64_t stride) {
    std::fill_n(sums_, count(), 0.0f);
    for (int64_t chunk = 0; chunk < layout_.chunks; ++chunk)
      with_groups(layout_, chunk, [&]<int64_t groups>() { add_chunk<groups, samples>(chunk, x, stride); });
  }

  // The sums of the tile to their places in y, which is laid out as x.
  void write(const float* bias, int64_t stride, float* y) const {
    const int64_t outputs = tile_.outputs.size();
    for (int64_t o = 0; o < outputs; ++o) {
      const float shift = bias ? bias[tile_.outputs.begin + o] : 0.0f;
      const float* from = sums_ + o * kSamples;
      for (int64_t r = tile_.rows.begin; r < tile_.rows.end; ++r) {
        const int64_t row = (tile_.outputs.begin + o) * walk_.rows.targets + r;
        for (int64_t c = tile_.columns.begin; c < tile_.columns.end; ++c, from += outputs * kSamples) {
          float* __restrict to = y + (row * walk_.columns.targets + c) * stride;
          for (int64_t s = 0; s < kSamples; ++s) to[s] = from[s] + shift;
        }
      }
    }
  }

 private:
  int64_t count() const { return tile_.rows.size() * tile_.columns.size() * tile_.outputs.size() * kSamples; }

  template <int64_t groups, int64_t samples>
  void add_chunk(int64_t chunk, const float* x, int64_t stride) {
    static thread_local Scratch table_space, row_space;
    constexpr int64_t kInputs = groups * bits;
    float* const tables = table_space.floats(kChunk * (kSamples << bits));
    float* const inputs = row_space.floats(static_cast<int64_t>(columns_.size()) * kInputs * kSamples);
    for (const Reach& row : rows_) {
      gather_row<groups>(chunk, x + row.source * walk_.columns.sources * stride, stride, inputs);
      for (size_t i = 0; i < columns_.size(); ++i) {
        build_tables<bits, groups, samples>(inputs + static_cast<int64_t>(i) * kInputs * kSamples, tables);
        add_taps<groups, samples>(chunk, row, columns_[i], tables);
      }
    }
  }

  // The inputs of a chunk side by side for each source of a row. In the image they lie a power of two apart as a
  // rule, on the same lines of the cache, so that they are read channel by channel.
  template <int64_t groups>
  void gather_row(int64_t chunk, const float* x, int64_t stride, float* inputs) {
    constexpr int64_t kInputs = groups * bits;
    const int64_t channel_stride = walk_.sources() * stride;
    for (int64_t i = 0; i < kInputs; ++i) {
      const int64_t channel = input_of(layout_, chunk * kChunk + i / bits, i % bits);
      float* to = inputs + i * kSamples;
      for (const Reach& column : columns_) {
        const float* const from = channel < 0 ? kNoInput : x + channel * channel_stride + column.source * stride;
#pragma GCC unroll 2
        for (int64_t s = 0; s < kSamples; s += kLanes) store(to + s, load(from + s));
        to += kInputs * kSamples;
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

  const Walk& walk_;
  const CodeLayout& layout_;
  const uint16_t* codes_;
  Tile tile_;
  std::span<const Reach> rows_, columns_;
  float* sums_;
};

Range block_of(int64_t index, int64_t block, int64_t count) {
  return {index * block, std::min((index + 1) * block, count)};
}

}  // namespace

void CpuBackend::packed_convolution(const Walk& walk, const CodeLayout& layout, const uint16_t* codes, const float* x,
                                    const float* bias, int64_t batch, float* y) {
  const int64_t stride = batch_stride(batch);
  const int64_t output_block = std::min(layout.outputs, kOutputBlock);
  const int64_t pixels = std::max<int64_t>(1, kTileSums / (output_block * kSamples));
  const int64_t column_block = std::min({walk.columns.targets, kTileColumns, pixels});
  const int64_t row_block = std::min(walk.rows.targets, std::max<int64_t>(1, pixels / column_block));
  const int64_t output_blocks = ceil_divide(layout.outputs, output_block);
  const int64_t column_blocks = ceil_divide(walk.columns.targets, column_block);
  const int64_t row_blocks = ceil_divide(walk.rows.targets, row_block);
  in_blocks(stride / kBatchMultiple * row_blocks * column_blocks * output_blocks, 1, [&](int64_t task, int64_t) {
    Tile tile;
    tile.outputs = block_of(task % output_blocks, output_block, layout.outputs);
    task /= output_blocks;
    tile.columns = block_of(task % column_blocks, column_block, walk.columns.targets);
    task /= column_blocks;
    tile.rows = block_of(task % row_blocks, row_block, walk.rows.targets);
    task /= row_blocks;
    const Range samples = block_of(task, kBatchMultiple, batch);
    with_bits(layout.bits, [&]<int bits>() {
      TileSums<bits> sums(walk, layout, codes, tile);
      for (int64_t sample = samples.begin; sample < samples.end; sample += kSamples) {
        with_samples(samples.end - sample, [&]<int64_t count>() { sums.template compute<count>(x + sample, stride); });
        sums.write(bias, stride, y + sample);
      }
    });
  });
}

}  // namespace bayesbinn::BAYESBINN_ISA
