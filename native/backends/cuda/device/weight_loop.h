// How kernels go through the weights of a segment: four to a thread, 128 to a warp, at multiples of four in the
// optimizer's arrays, so that these are read and written 16 bytes at a time and one block of draws serves a thread.
// Segments begin and end anywhere: four that do not all belong to one are read and written one by one.
#pragma once

#include <algorithm>

#include "backends/backend.h"
#include "backends/cuda/device/kernel.h"
#include "backends/cuda/device/layout.h"
#include "backends/cuda/device/methods.h"
#include "backends/cuda/device/quad.h"
#include "backends/cuda/device/queued_step.h"
#include "backends/cuda/driver/launch.h"

namespace bayesbinn::cuda {

// Weights of a quad, and of a tile: the quads of a warp.
constexpr int64_t kQuad = 4;
constexpr int64_t kTile = kQuad * kWarp;

// Weights of one segment that a launch goes through. Places are counted in the arrays.
struct WeightSpan {
  float* latent;
  float* slot[kMaxSlots];  // null: constant
  float absent[kMaxSlots];
  int64_t begin, end;
  int64_t first, count;  // of the segment
  uint32_t* packed;      // the segment's materialised weights as bits; null: as values
  float* values;
  bool aligned;  // the arrays are, to 16 bytes
};

// Noise as it comes with a launch.
struct QueuedNoise {
  const float* recorded;  // null: drawn
  QueuedDraw draw;
};

// Where the first tile begins: at a word of bits, were the arrays bits.
BB_FORMULA int64_t first_tile(const WeightSpan& span) { return span.begin / 32 * 32; }

#ifdef __CUDACC__

// The weights of a thread.
struct Quad {
  int64_t at;  // place of the first
  int there;   // a bit for each that belongs to the span
  bool whole;  // all do, and the arrays are aligned

  __device__ __forceinline__ bool has(int j) const { return (there >> j & 1) != 0; }
};

__device__ __forceinline__ int clamped(int64_t value, int most) {
  return static_cast<int>(value < 0 ? 0 : (value > most ? most : value));
}

__device__ __forceinline__ Quad quad_of(const WeightSpan& span, int64_t tile) {
  const int64_t at = tile + kQuad * lane_index();
  const int there = ((1 << clamped(span.end - at, 4)) - 1) & ~((1 << clamped(span.begin - at, 4)) - 1);
  return {at, there, there == 15 && span.aligned};
}

// Calls action(quad, tile) for every quad, for all lanes of a warp together.
template <class Action>
__device__ __forceinline__ void for_quads(const WeightSpan& span, Action&& action) {
  const int64_t step = static_cast<int64_t>(gridDim.x) * (blockDim.x / kWarp) * kTile;
  const int64_t first = first_tile(span) + thread_index() / kWarp * kTile;
  for (int64_t tile = first; tile < span.end; tile += step) action(quad_of(span, tile), tile);
}

__device__ __forceinline__ bool aligned(const void* at) { return (reinterpret_cast<uintptr_t>(at) & 15) == 0; }

// from: where the first value of the quad lies.
__device__ __forceinline__ void load_whole(const float* from, float (&to)[4]) {
  const float4 four = *reinterpret_cast<const float4*>(from);
  to[0] = four.x, to[1] = four.y, to[2] = four.z, to[3] = four.w;
}

__device__ __forceinline__ void store_whole(float* to, const float (&from)[4]) {
  // By name: a plain assignment is taken apart into four stores here.
  __stcg(reinterpret_cast<float4*>(to), make_float4(from[0], from[1], from[2], from[3]));
}

__device__ __forceinline__ void load_parts(const float* from, const Quad& quad, float (&to)[4]) {
#pragma unroll
  for (int j = 0; j < 4; ++j) to[j] = quad.has(j) ? from[j] : 0.0f;
}

__device__ __forceinline__ void store_parts(float* to, const Quad& quad, const float (&from)[4]) {
#pragma unroll
  for (int j = 0; j < 4; ++j) {
    if (quad.has(j)) to[j] = from[j];
  }
}

// The same for an array that may begin anywhere.
__device__ __forceinline__ void load_any(const float* from, const Quad& quad, float (&to)[4]) {
  if (quad.there == 15 && aligned(from)) {
    load_whole(from, to);
  } else {
    load_parts(from, quad, to);
  }
}

__device__ __forceinline__ void store_any(float* to, const Quad& quad, const float (&from)[4]) {
  if (quad.there == 15 && aligned(to)) {
    store_whole(to, from);
  } else {
    store_parts(to, quad, from);
  }
}

// Calls latent(place) and, for each slot that is there, slot(s, place), with where the quad lies in these arrays.
template <class F, class Latent, class Slot>
__device__ __forceinline__ void for_arrays(const WeightSpan& span, const Quad& quad, Latent&& latent, Slot&& slot) {
  latent(span.latent + quad.at);
#pragma unroll
  for (int s = 0; s < kSlotsOf<F>; ++s) {
    if (span.slot[s]) slot(s, span.slot[s] + quad.at);
  }
}

template <class F>
__device__ __forceinline__ void load_weights(const WeightSpan& span, const Quad& quad, Weight (&weights)[4]) {
#pragma unroll
  for (int s = 0; s < kSlotsOf<F>; ++s) {
#pragma unroll
    for (int j = 0; j < 4; ++j) weights[j].slot[s] = span.absent[s];
  }
  const auto load_by = [&](auto&& load) {
    for_arrays<F>(
        span, quad,
        [&](const float* from) {
          float values[4];
          load(from, values);
#pragma unroll
          for (int j = 0; j < 4; ++j) weights[j].latent = values[j];
        },
        [&](int s, const float* from) {
          float values[4];
          load(from, values);
#pragma unroll
          for (int j = 0; j < 4; ++j) weights[j].slot[s] = values[j];
        });
  };
  if (quad.whole) {
    load_by([](const float* from, float(&to)[4]) { load_whole(from, to); });
  } else {
    load_by([&](const float* from, float(&to)[4]) { load_parts(from, quad, to); });
  }
}

template <class F>
__device__ __forceinline__ void store_weights(const WeightSpan& span, const Quad& quad, const Weight (&weights)[4]) {
  const auto store_by = [&](auto&& store) {
    for_arrays<F>(
        span, quad,
        [&](float* to) {
          const float values[4] = {weights[0].latent, weights[1].latent, weights[2].latent, weights[3].latent};
          store(to, values);
        },
        [&](int s, float* to) {
          const float values[4] = {weights[0].slot[s], weights[1].slot[s], weights[2].slot[s], weights[3].slot[s]};
          store(to, values);
        });
  };
  if (quad.whole) {
    store_by([](float* to, const float(&from)[4]) { store_whole(to, from); });
  } else {
    store_by([&](float* to, const float(&from)[4]) { store_parts(to, quad, from); });
  }
}

#else

// Weights offset .. offset + count - 1 of a segment, whose materialised ones are bits where they can be if `packed`.
inline WeightSpan span_of(const OptimizerPass& pass, const WeightSegment& segment, int64_t offset, int64_t count,
                          bool packed) {
  const auto aligned = [](const void* array) { return reinterpret_cast<uintptr_t>(array) % 16 == 0; };
  WeightSpan span = {};
  span.latent = pass.latent;
  std::copy(pass.slots.begin(), pass.slots.end(), span.slot);
  std::copy(pass.absent_slots.begin(), pass.absent_slots.end(), span.absent);
  span.begin = segment.first + offset;
  span.end = span.begin + count;
  span.first = segment.first;
  span.count = segment.count;
  span.packed = packed ? static_cast<uint32_t*>(segment.packed) : nullptr;
  span.values = segment.values;
  span.aligned = aligned(pass.latent) && std::all_of(pass.slots.begin(), pass.slots.end(), aligned);
  return span;
}

// As many blocks as keep a device busy: each goes through several tiles where there are more.
// `shared`: bytes of dynamic shared memory.
inline Grid grid_of(const WeightSpan& span, int multiprocessors, unsigned shared = 0) {
  if (span.begin == span.end) return {0, kThreads};
  const int64_t tiles = ceil_divide(span.end - first_tile(span), kTile);
  return {std::min<int64_t>(ceil_divide(tiles, kThreads / kWarp), int64_t{16} * multiprocessors), kThreads, shared};
}

#endif

}  // namespace bayesbinn::cuda
