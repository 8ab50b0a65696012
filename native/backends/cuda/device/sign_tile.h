// Weights of +-1 in a product, from bits.
#pragma once

#ifdef __CUDACC__
#include "backends/cuda/device/bf16_terms.h"
#include "backends/cuda/device/mma.h"
#include "backends/cuda/device/product_block.h"

namespace bayesbinn::cuda {

// A stage is [slab][row], a word each. Bits beyond the depth are whatever they are: their activations are zeros.
template <class Tile, int kTerms>
class SignTile {
 public:
  static constexpr int kWords = kSignWords<Tile>;

  __device__ SignTile(const ProductParameters& p, int first_row) : p_(p), first_row_(first_row) {}

  __device__ void fetch(int slab, float*) {
    const auto* const words = static_cast<const uint32_t*>(p_.weights);
#pragma unroll
    for (int i = 0; i < kEach; ++i) {
      const int row = first_row_ + row_of(i);
      const unsigned k = slab * unsigned{Tile::kDepth} + behind_of(i) * Tile::kSlab;
      fetched_[i] = 0;
      if (!mine(i) || row >= p_.rows || k >= static_cast<unsigned>(p_.depth)) continue;
      const int64_t bit = row * p_.row_step + k;
      const int64_t word = bit / 32;
      const uint32_t low = words[word];
      const uint32_t high = word + 1 < p_.words ? words[word + 1] : 0;
      fetched_[i] = __funnelshift_r(low, high, static_cast<uint32_t>(bit));
    }
  }

  __device__ void store(float* stage) const {
#pragma unroll
    for (int i = 0; i < kEach; ++i) {
      if (mine(i)) reinterpret_cast<uint32_t*>(stage)[behind_of(i) * Tile::kRows + row_of(i)] = fetched_[i];
    }
  }

  __device__ void multiply(const float* left, const float* right, ProductSums& sums) const {
    const WarpPlace<Tile> place;
    const uint32_t* const words = reinterpret_cast<const uint32_t*>(left) + place.behind * Tile::kRows + place.row;
    const float* const sources = right + place.behind * Tile::kSlab * Tile::kPitch;
#if __CUDA_ARCH__ >= 800
    multiply_terms(words, sources + place.warp_column, sums);
#else
    multiply_floats(words, sources + place.column, sums);
#endif
  }

 private:
  static constexpr int kEach = (kWords + Tile::kTileThreads - 1) / Tile::kTileThreads;

  static __device__ int place_of(int i) { return static_cast<int>(threadIdx.x) + i * Tile::kTileThreads; }
  static __device__ bool mine(int i) { return kWords % Tile::kTileThreads == 0 || place_of(i) < kWords; }
  static __device__ int row_of(int i) { return place_of(i) / Tile::kBehind; }
  static __device__ int behind_of(int i) { return place_of(i) % Tile::kBehind; }

#if __CUDA_ARCH__ >= 800
  // +-1 in bf16 for bits 3 + 4 j, in the low half, and 19 + 4 j.
  static __device__ __forceinline__ uint32_t signs(uint32_t word, int j) {
    return ((word << (12 - 4 * j)) & 0x80008000u) ^ 0xbf80bf80u;
  }

  // The order along the depth is free, so that lane t has what single shifts give of a word: pairs j of t + 4 j and
  // t + 4 j + 16. So is that of the columns: column g of the two matrices is 2 g and 2 g + 1.
  static __device__ __forceinline__ void multiply_terms(const uint32_t* words, const float* sources,
                                                        ProductSums& sums) {
    const int g = lane_index() / 4, t = lane_index() % 4;
    uint32_t terms[2][4][kTerms];
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      const float* const from = sources + (t + 4 * j) * Tile::kPitch + 2 * g;
      const float2 low = *reinterpret_cast<const float2*>(from);
      const float2 high = *reinterpret_cast<const float2*>(from + 16 * Tile::kPitch);
      split(low.x, high.x, terms[0][j]);
      split(low.y, high.y, terms[1][j]);
    }
#pragma unroll
    for (int m = 0; m < 4; ++m) {
      const uint32_t upper = words[16 * m] << (3 - t), lower = words[16 * m + 8] << (3 - t);
      uint32_t left[2][4];
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        left[half][0] = signs(upper, 2 * half);
        left[half][1] = signs(lower, 2 * half);
        left[half][2] = signs(upper, 2 * half + 1);
        left[half][3] = signs(lower, 2 * half + 1);
      }
      // Matrix instructions cut off what their sums cannot hold: these are short, and added to others by rounding.
      float slab_sums[2][4] = {};
#pragma unroll
      for (int term = kTerms - 1; term >= 0; --term) {
#pragma unroll
        for (int half = 0; half < 2; ++half) {
#pragma unroll
          for (int n = 0; n < 2; ++n)
            multiply_add_bf16(slab_sums[n], left[half], terms[n][2 * half][term], terms[n][2 * half + 1][term]);
        }
      }
#pragma unroll
      for (int n = 0; n < 2; ++n) {
#pragma unroll
        for (int c = 0; c < 4; ++c) sums.values[2 * m + c / 2][n + 2 * (c % 2)] += slab_sums[n][c];
      }
    }
  }
#else
  static __device__ __forceinline__ void multiply_floats(const uint32_t* words, const float* sources,
                                                         ProductSums& sums) {
    uint32_t negative[8];
#pragma unroll
    for (int i = 0; i < 8; ++i) negative[i] = ~words[8 * i];
#pragma unroll 4
    for (int k = 0; k < Tile::kSlab; ++k) {
      const float4 x = *reinterpret_cast<const float4*>(sources + k * Tile::kPitch);
#pragma unroll
      for (int i = 0; i < 8; ++i) {
        const float sign = __uint_as_float((negative[i] << 31) | 0x3f800000u);
        negative[i] >>= 1;
        float* const to = sums.values[i];
        to[0] = fmaf(sign, x.x, to[0]);
        to[1] = fmaf(sign, x.y, to[1]);
        to[2] = fmaf(sign, x.z, to[2]);
        to[3] = fmaf(sign, x.w, to[3]);
      }
    }
  }
#endif

  const ProductParameters& p_;
  int first_row_;
  uint32_t fetched_[kEach];
};

}  // namespace bayesbinn::cuda
#endif
