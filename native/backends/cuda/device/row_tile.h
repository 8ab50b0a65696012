// Between rows, one a sample, and the layout of activations: a block takes a tile of 32 features of 32 samples through
// shared memory, so that neighbouring threads access neighbouring places on either side.
#pragma once

#include <cstdint>

#include "backends/cuda/device/kernel.h"
#include "backends/cuda/device/layout.h"
#include "backends/cuda/device/queued_step.h"
#include "base/centre_cut.h"

namespace bayesbinn::cuda {

constexpr int kTile = 32;
constexpr int kTilePitch = kTile + 1;  // what is neighbouring along either edge lies in different banks
constexpr int kTileWords = kTile * kTilePitch;
constexpr unsigned kTileBytes = kTileWords * sizeof(uint32_t);

BB_FORMULA int64_t tiles_along(int64_t count) { return (count + kTile - 1) / kTile; }
BB_FORMULA int64_t tile_count(int64_t features, int64_t batch) { return tiles_along(features) * tiles_along(batch); }

// Rows of 32-bit words to the layout of activations.
struct RowCopy {
  const uint32_t* rows;
  uint32_t* out;
  int64_t width, batch;   // words that are taken of a row
  QueuedIndices indices;  // without a list: rows in order
  CentreCut cut = {};     // of longer rows
  int64_t row_width = 0;  // with a cut
};

#ifdef __CUDACC__

static_assert(kThreads == kTile * kTile / 4);

// Where a tile begins.
struct TilePlace {
  int64_t feature, sample;
};

// Tiles are numbered with samples innermost.
__device__ __forceinline__ TilePlace tile_at(int64_t number, int64_t batch) {
  const int64_t down = tiles_along(batch);
  return {number / down * kTile, number % down * kTile};
}

// What a thread has of a tile along features: of feature lane_index() the samples warp_index() + i * kTileWarps.
constexpr int kTileWarps = kThreads / kWarp;
constexpr int kTileItems = kTile / kTileWarps;

// One tile as words in shared memory, after another: all threads must call.
__device__ __forceinline__ void put_along_features(const uint32_t (&words)[kTileItems], uint32_t* tile) {
  __syncthreads();  // what was there has been read
#pragma unroll
  for (int i = 0; i < kTileItems; ++i) tile[lane_index() * kTilePitch + warp_index() + i * kTileWarps] = words[i];
  __syncthreads();
}

// out[feature][sample], a run of four samples a thread.
__device__ __forceinline__ void write_features(const uint32_t* tile, const TilePlace& place, int64_t features,
                                               int64_t stride, uint32_t* out) {
  const int row = static_cast<int>(threadIdx.x) / (kTile / 4), column = static_cast<int>(threadIdx.x) % (kTile / 4) * 4;
  const int64_t feature = place.feature + row, sample = place.sample + column;
  if (feature >= features || sample >= stride) return;
  const uint32_t* const words = tile + row * kTilePitch + column;
  *reinterpret_cast<uint4*>(out + feature * stride + sample) = make_uint4(words[0], words[1], words[2], words[3]);
}

// out[feature][sample] = value(feature, sample) for a tile; what lies beyond the batch is 0.
template <class Value>
__device__ __forceinline__ void transpose_tile(const TilePlace& place, int64_t features, int64_t batch, uint32_t* tile,
                                               uint32_t* out, Value&& value) {
  const int64_t feature = place.feature + lane_index();
  uint32_t words[kTileItems] = {};
#pragma unroll
  for (int i = 0; i < kTileItems; ++i) {
    const int64_t sample = place.sample + warp_index() + i * kTileWarps;
    if (feature < features && sample < batch) words[i] = value(feature, sample);
  }
  put_along_features(words, tile);
  write_features(tile, place, features, batch_stride(batch), out);
}

__device__ __forceinline__ void copy_rows(const RowCopy& p, int64_t number, uint32_t* tile) {
  const TilePlace place = tile_at(number, p.batch);
  const uint32_t* const numbers = p.indices.list ? QueuedIndices::resolve(p.indices) : nullptr;
  // A thread has one feature of its tile.
  const int64_t feature = place.feature + lane_index();
  const bool whole = p.cut.taken.rows == 0;
  const int64_t stored = whole ? feature : stored_place(p.cut, feature), width = whole ? p.width : p.row_width;
  transpose_tile(place, p.width, p.batch, tile, p.out, [&](int64_t, int64_t sample) {
    const int64_t row = numbers ? static_cast<int64_t>(numbers[sample]) : sample;
    return p.rows[row * width + stored];
  });
}

#endif

}  // namespace bayesbinn::cuda
