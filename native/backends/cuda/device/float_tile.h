// Weights of any value in a product.
#pragma once

#ifdef __CUDACC__
#include "backends/cuda/device/product_block.h"

namespace bayesbinn::cuda {

// A stage is [slab][row][k], with space behind each slab of a row.
template <class Tile>
class FloatTile {
 public:
  static constexpr int kWords = kFloatWords<Tile>;

  __device__ FloatTile(const ProductParameters& p, int first_row)
      : p_(p), weights_(static_cast<const float*>(p.weights)), first_row_(first_row) {
    if (p.whole_rows) return;
    // Then a thread reads one row, at every kRowStep'th k.
    const int k = static_cast<int>(threadIdx.x) / Tile::kRows;
    tap_ = k % p.taps;
    place_ =
        k / p.taps * p.channel_step + tap_ + (first_row + static_cast<int>(threadIdx.x) % Tile::kRows) * p.row_step;
  }

  __device__ void fetch(int slab, float* stage) {
    const unsigned first = slab * unsigned{Tile::kDepth};
    if (!p_.whole_rows) {
      fetch_columns(first, stage);
    } else if (p_.quads) {
      fetch_rows<4>(first, stage);
    } else {
      fetch_rows<1>(first, stage);
    }
  }

  __device__ void store(float*) const {}

  __device__ void multiply(const float* left, const float* right, ProductSums& sums) const {
    const WarpPlace<Tile> place;
    const float* const weights = left + (place.behind * Tile::kRows + place.row) * kPitch;
    const float* const sources = right + place.behind * Tile::kSlab * Tile::kPitch + place.column;
#pragma unroll
    for (int k = 0; k < Tile::kSlab; k += 4) {
      float x[4][4], w[4];
#pragma unroll
      for (int step = 0; step < 4; ++step) read_quad(sources + (k + step) * Tile::kPitch, x[step]);
#pragma unroll
      for (int i = 0; i < 8; ++i) {
        read_quad(weights + 8 * i * kPitch + k, w);
#pragma unroll
        for (int step = 0; step < 4; ++step) {
#pragma unroll
          for (int c = 0; c < 4; ++c) sums.values[i][c] = fmaf(w[step], x[step][c], sums.values[i][c]);
        }
      }
    }
  }

 private:
  static constexpr int kPitch = kFloatPitch<Tile>;
  static constexpr int kRowStep = Tile::kTileThreads / Tile::kRows;
  static_assert(Tile::kTileThreads % Tile::kRows == 0 && Tile::kDepth % kRowStep == 0);

  static __device__ __forceinline__ void read_quad(const float* from, float (&to)[4]) {
    const float4 quad = *reinterpret_cast<const float4*>(from);
    to[0] = quad.x, to[1] = quad.y, to[2] = quad.z, to[3] = quad.w;
  }
  static __device__ float* place_in(float* stage, int row, int k) {
    return stage + (k / Tile::kSlab * Tile::kRows + row) * kPitch + k % Tile::kSlab;
  }

  // `kFloats` at once, neighbouring threads along a row.
  template <int kFloats>
  __device__ void fetch_rows(unsigned first, float* stage) const {
    constexpr int kParts = Tile::kDepth / kFloats, kRowsAtOnce = Tile::kTileThreads / kParts;
    static_assert(Tile::kTileThreads % kParts == 0 && Tile::kRows % kRowsAtOnce == 0);
    const int k = static_cast<int>(threadIdx.x) % kParts * kFloats;
    int row = static_cast<int>(threadIdx.x) / kParts;
#pragma unroll 4
    for (int i = 0; i < Tile::kRows / kRowsAtOnce; ++i, row += kRowsAtOnce) {
      const bool valid = first + k < static_cast<unsigned>(p_.depth) && first_row_ + row < p_.rows;
      const float* const from = valid ? weights_ + (first_row_ + row) * p_.row_step + first + k : weights_;
      if constexpr (kFloats == 4) {
        copy_quad(place_in(stage, row, k), from, valid ? 4 : 0);
      } else {
        copy_float(place_in(stage, row, k), from, valid);
      }
    }
  }

  // Neighbouring threads along a column.
  __device__ void fetch_columns(unsigned first, float* stage) {
    const int row = static_cast<int>(threadIdx.x) % Tile::kRows;
    int k = static_cast<int>(threadIdx.x) / Tile::kRows;
    const int channels = kRowStep / p_.taps, taps = kRowStep % p_.taps;
#pragma unroll 4
    for (int i = 0; i < Tile::kDepth / kRowStep; ++i, k += kRowStep) {
      const bool valid = first + k < static_cast<unsigned>(p_.depth) && first_row_ + row < p_.rows;
      copy_float(place_in(stage, row, k), valid ? weights_ + place_ : weights_, valid);
      place_ += channels * p_.channel_step + taps;
      tap_ += taps;
      if (tap_ >= p_.taps) {
        tap_ -= p_.taps;
        place_ += p_.channel_step - p_.taps;
      }
    }
  }

  const ProductParameters& p_;
  const float* weights_;
  int first_row_;
  int tap_;
  int64_t place_;
};

}  // namespace bayesbinn::cuda
#endif
