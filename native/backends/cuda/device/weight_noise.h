// Noise of four weights, the weights that it gives, and where these go.
#pragma once

#include "backends/cuda/device/weight_loop.h"

#ifdef __CUDACC__
namespace bayesbinn::cuda {

__device__ __forceinline__ Noise resolved(const QueuedNoise& noise) {
  return {noise.recorded, QueuedDraw::resolve(noise.draw)};
}

__device__ __forceinline__ void draw_quad(const Draw& draw, int64_t at, float (&u)[4]) {
  const PhiloxBlock block = draw_block(draw, static_cast<uint32_t>(at / kQuad));
#pragma unroll
  for (int j = 0; j < 4; ++j) u[j] = uniform_from_bits(block.word[j]);
}

__device__ __forceinline__ void uniforms_of(const Noise& noise, const Quad& quad, float (&u)[4]) {
  if (noise.recorded) {
    load_any(noise.recorded + quad.at, quad, u);
  } else {
    draw_quad(noise.draw, quad.at, u);
  }
}

// The method's noise.
template <class F>
__device__ __forceinline__ void noise_of(const Noise& noise, const Quad& quad, float (&out)[4]) {
  float u[4];
  uniforms_of(noise, quad, u);
#pragma unroll
  for (int j = 0; j < 4; ++j) out[j] = F::noise(u[j]);
}

template <class F>
__device__ __forceinline__ bool all_settled(const Weight (&weights)[4], const typename F::Step& step) {
  int settled = 1;
#pragma unroll
  for (int j = 0; j < 4; ++j) settled &= int{F::settled(weights[j], step)};
  return settled != 0;
}

__device__ __forceinline__ float sign_value(bool positive) { return positive ? 1.0f : -1.0f; }

// The weights of the forward pass. signs: they are +-1. kept: where noise stays, if there was any; may be null.
template <class F, bool signs>
__device__ __forceinline__ void materialize_quad(const Weight (&weights)[4], const typename F::Step& step,
                                                 bool needs_noise, const Noise& noise, const Quad& quad, float* kept,
                                                 float (&out)[4]) {
  if (!needs_noise) {
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      out[j] = signs ? sign_value(F::positive(weights[j], 0.0f)) : F::materialize_without_noise(weights[j], step);
    }
  } else if (!noise.recorded && all_settled<F>(weights, step)) {
#pragma unroll
    for (int j = 0; j < 4; ++j) out[j] = F::materialize_settled(weights[j], step);
  } else {
    float values[4];
    noise_of<F>(noise, quad, values);
    if (kept) store_any(kept + quad.at, quad, values);
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      out[j] = signs ? sign_value(F::positive(weights[j], values[j])) : F::materialize(weights[j], values[j], step);
    }
  }
}

// Bits 0 .. count-1; count may be any number.
__device__ __forceinline__ uint32_t bits_below(int64_t count) {
  return count <= 0 ? 0u : (count >= 32 ? ~0u : (1u << static_cast<int>(count)) - 1);
}

// Weights of a tile as bits: what is above 0 is +1. Words of which the tile has only a part keep the rest, which
// another warp may write at the same time. For all lanes of a warp together.
__device__ __forceinline__ void store_signs(const WeightSpan& span, const Quad& quad, int64_t tile,
                                            const float (&weights)[4]) {
  const int lane = lane_index();
  uint32_t word = 0;
#pragma unroll
  for (int j = 0; j < 4; ++j) word |= static_cast<uint32_t>(quad.has(j) && weights[j] > 0.0f) << (4 * (lane % 8) + j);
#pragma unroll
  for (int step = 1; step < 8; step *= 2) word |= __shfl_xor_sync(0xffffffffu, word, step);
  // Now eight lanes have the same word of the arrays. Words of the segment begin within these: five of them, a lane each.
  const uint32_t before = __shfl_sync(0xffffffffu, word, 8 * (lane - 1) & 31);
  const uint32_t after = __shfl_sync(0xffffffffu, word, 8 * lane & 31);
  if (lane > 4) return;
  const uint32_t bits = __funnelshift_r(lane > 0 ? before : 0, lane < 4 ? after : 0, static_cast<uint32_t>(span.first));
  const int64_t index = tile / 32 - span.first / 32 + lane - 1;
  const int64_t begin = max(tile, span.begin) - span.first - 32 * index;
  const int64_t end = min(tile + kTile, span.end) - span.first - 32 * index;
  const bool last = end == span.count - 32 * index && end > 0;  // what is beyond the last weight is 0
  const uint32_t own = bits_below(last ? 32 : end) & ~bits_below(begin);
  if (own == ~0u) {
    span.packed[index] = bits;
  } else if (own != 0) {
    atomicAnd(span.packed + index, bits | ~own);
    atomicOr(span.packed + index, bits & own);
  }
}

// Weights of a tile to where the segment has them. For all lanes of a warp together.
__device__ __forceinline__ void store_materialized(const WeightSpan& span, const Quad& quad, int64_t tile,
                                                   const float (&weights)[4]) {
  if (span.packed) {
    store_signs(span, quad, tile, weights);
  } else {
    store_any(span.values + (quad.at - span.first), quad, weights);
  }
}

}  // namespace bayesbinn::cuda
#endif
