// How kernels go over the values of channels. A channel is one run of memory, its positions with their samples; it is cut
// into chunks of which each is a block's, by its size alone, so that sums over it have one order.
#pragma once

#include <algorithm>
#include <cstdint>

#include "backends/backend.h"
#include "backends/cuda/device/layout.h"

namespace bayesbinn::cuda {

struct ChannelChunks {
  int64_t channels, batch;
  int64_t row_quads;    // of four samples, a position
  int64_t quads;        // a channel
  int64_t chunks;       // a channel
  int64_t chunk_quads;  // of all but the last one
};

// Two sums over a channel, or a part of it.
struct alignas(16) TwoSums {
  double first, second;
};

}  // namespace bayesbinn::cuda

#ifdef __CUDACC__
#include "backends/cuda/device/kernel.h"

namespace bayesbinn::cuda {

struct Chunk {
  int64_t channel, number;
  int64_t first;       // quad of the channel
  int64_t begin, end;  // quads, counted from there
};

// The chunk of a block, of blocks that have `chunks` of each channel.
__device__ __forceinline__ Chunk chunk_of(const ChannelChunks& c, int64_t chunks, int64_t block) {
  const int64_t channel = block / chunks;
  const int64_t number = block % chunks;
  const int64_t begin = number * c.chunk_quads;
  const int64_t end = begin + c.chunk_quads;
  return {channel, number, channel * c.quads, begin, end < c.quads ? end : c.quads};
}

// Calls use(quad of all channels, load(quad), samples in it) for the quads begin .. end - 1 of the chunk's channel, a few at
// once: the loads of these come first.
template <class Load, class Use>
__device__ __forceinline__ void for_quads(const ChannelChunks& c, const Chunk& chunk, Load&& load, Use&& use) {
  constexpr int kAtOnce = 4;
  const auto row_quads = static_cast<uint32_t>(c.row_quads);
  const auto batch = static_cast<int>(c.batch);
  const uint32_t step = blockDim.x % row_quads;
  auto column = static_cast<uint32_t>((chunk.begin + threadIdx.x) % c.row_quads);
  for (int64_t i = chunk.begin + threadIdx.x; i < chunk.end; i += kAtOnce * blockDim.x) {
    decltype(load(i)) values[kAtOnce] = {};
#pragma unroll
    for (int n = 0; n < kAtOnce; ++n) {
      const int64_t quad = i + n * blockDim.x;
      if (quad < chunk.end) values[n] = load(chunk.first + quad);
    }
#pragma unroll
    for (int n = 0; n < kAtOnce; ++n) {
      const int64_t quad = i + n * blockDim.x;
      if (quad < chunk.end) use(chunk.first + quad, values[n], batch - 4 * static_cast<int>(column));
      column += step;
      if (column >= row_quads) column -= row_quads;
    }
  }
}

// The sums over the block, to all threads.
__device__ __forceinline__ TwoSums block_sums(const TwoSums& own) {
  __shared__ double space[kThreads / kWarp];
  const double first = block_sum(own.first, space);
  return {first, block_sum(own.second, space)};
}

// The thread's share of a channel's sums: what the block of one chunk each has left. There are at most as many chunks as
// threads.
__device__ __forceinline__ TwoSums partial_of_thread(const ChannelChunks& c, int64_t channel, const TwoSums* partials) {
  return threadIdx.x < c.chunks ? partials[channel * c.chunks + threadIdx.x] : TwoSums{0, 0};
}

}  // namespace bayesbinn::cuda

#else

namespace bayesbinn::cuda {

inline ChannelChunks chunks_of(const ChannelBatch& shape) {
  constexpr int64_t kLeast = 8 * int64_t{kThreads};  // quads worth a block
  ChannelChunks c = {shape.shape.channels, shape.batch, batch_stride(shape.batch) / 4};
  c.quads = c.row_quads * shape.shape.spatial;
  c.chunk_quads = ceil_divide(c.quads, std::clamp<int64_t>(ceil_divide(c.quads, kLeast), 1, kThreads));
  c.chunks = ceil_divide(c.quads, c.chunk_quads);
  return c;
}

// All that can have four quads each, at least a warp.
inline unsigned chunk_threads(const ChannelChunks& c) {
  unsigned threads = kWarp;
  while (threads < kThreads && 4 * int64_t{threads} < c.chunk_quads) threads *= 2;
  return threads;
}

}  // namespace bayesbinn::cuda
#endif
