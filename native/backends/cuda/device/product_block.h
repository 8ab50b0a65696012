// A block's tile of a product, whatever its weights are.
#pragma once

#ifdef __CUDACC__
#include "backends/cuda/device/kernel.h"
#include "backends/cuda/device/source_tile.h"

namespace bayesbinn::cuda {

// What a thread sums up: rows g, g + 8, .. g + 56 and columns 4 t .. 4 t + 3 of its warp's part, for lane 4 g + t.
struct ProductSums {
  float values[8][4];
};

// The place of a warp in its block's tile.
template <class Tile>
struct WarpPlace {
  __device__ WarpPlace()
      : row(warp_index() % Tile::kSide / Tile::kAcross * Tile::kWarpRows + lane_index() / 4),
        warp_column(warp_index() % Tile::kAcross * Tile::kWarpColumns),
        column(warp_column + lane_index() % 4 * 4),
        behind(warp_index() / Tile::kSide) {}

  int row;                  // of the lane's first sum
  int warp_column, column;  // of the warp's first one, and of the lane's
  int behind;
};

// Adds up what the warps behind each other have; only the first ones have the sums afterwards.
template <class Tile>
__device__ void add_depth_warps(ProductSums& sums, float* space) {
  __syncthreads();
  const int side = warp_index() % Tile::kSide, behind = warp_index() / Tile::kSide;
  const auto at = [&](int layer, int i) -> float& {
    return space[(((layer - 1) * Tile::kSide + side) * 32 + i) * kWarp + lane_index()];
  };
  if (behind > 0) {
#pragma unroll
    for (int i = 0; i < 32; ++i) at(behind, i) = sums.values[i / 4][i % 4];
  }
  __syncthreads();
  if (behind > 0) return;
  for (int layer = 1; layer < Tile::kBehind; ++layer) {
#pragma unroll
    for (int i = 0; i < 32; ++i) sums.values[i / 4][i % 4] += at(layer, i);
  }
}

template <class Tile>
__device__ void write_sums(const ProductParameters& p, int first_row, int64_t first_column, const ProductSums& sums) {
  const WarpPlace<Tile> place;
  const int64_t column = first_column + place.column;
  if (place.behind > 0 || column >= p.columns) return;
#pragma unroll
  for (int i = 0; i < 8; ++i) {
    const int row = first_row + place.row + 8 * i;
    if (row >= p.rows) return;
    const float bias = p.bias ? p.bias[row] : 0.0f;
    const float* const of = sums.values[i];
    *reinterpret_cast<float4*>(p.y + row * p.columns + column) =
        make_float4(of[0] + bias, of[1] + bias, of[2] + bias, of[3] + bias);
  }
}

// `Left`: the weights' side. A constructor with parameters and first row; kWords, of four bytes a stage;
// fetch(slab, stage), which starts to load, and store(stage), after which the next barrier finds it there; and
// multiply(left stage, right stage, sums), by which a warp adds the product of its slab.
template <class Tile, class Left>
__device__ __forceinline__ void block_product(const ProductParameters& p) {
#if __CUDA_ARCH__ >= 800
  constexpr int kStages = product_stages<Tile>(Left::kWords, true);
#else
  constexpr int kStages = product_stages<Tile>(Left::kWords, false);
#endif
  constexpr int kStage = product_stage_words<Tile>(Left::kWords);
  static_assert(Left::kWords % 4 == 0 && kStages * kStage >= (Tile::kBehind - 1) * Tile::kSide * 32 * kWarp);
  BB_SHARED(float, shared);
  // Neighbouring blocks share columns: activations are read from memory once.
  const auto row_tiles = static_cast<unsigned>((p.rows + Tile::kRows - 1) / Tile::kRows);
  const int first_row = static_cast<int>(blockIdx.x % row_tiles) * Tile::kRows;
  const int64_t first_column = static_cast<int64_t>(blockIdx.x / row_tiles) * Tile::kColumns;
  Left left(p, first_row);
  SourceTile<Tile> right(p, first_column);
  const int slabs = (p.depth - 1) / Tile::kDepth + 1;

#pragma unroll 1
  for (int slab = 0; slab < kStages - 1; ++slab) {
    float* const stage = shared + slab * kStage;
    if (slab < slabs) {
      left.fetch(slab, stage);
      right.load(stage + Left::kWords);
      left.store(stage);
    }
    end_copies();
  }
  ProductSums sums = {};
  int at = 0, filling = kStages - 1;
  for (int slab = 0; slab < slabs; ++slab) {
    wait_for_copies<kStages - 2>();
    __syncthreads();  // the slab is there, and the one before it is no more in use
    const bool more = slab + kStages - 1 < slabs;
    float* const next = shared + filling * kStage;
    if (more) {
      left.fetch(slab + kStages - 1, next);
      right.load(next + Left::kWords);
    }
    end_copies();
    const float* const stage = shared + at * kStage;
    left.multiply(stage, stage + Left::kWords, sums);
    if (more) left.store(next);
    at = at + 1 == kStages ? 0 : at + 1;
    filling = filling + 1 == kStages ? 0 : filling + 1;
  }
  if constexpr (Tile::kBehind > 1) add_depth_warps<Tile>(sums, shared);
  write_sums<Tile>(p, first_row, first_column, sums);
}

}  // namespace bayesbinn::cuda
#endif
