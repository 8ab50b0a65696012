// Products of weights and activations, and how they are cut into tiles: y[m][n] = sum over k of w[m][k] x[k][n] + bias[m].
//
// A row m is an output channel; a column n is a sample of a target pixel, samples innermost; k is a source channel and a
// tap, taps innermost. Sources are inputs and targets outputs, or, backward, the other way round. A linear layer is a
// convolution of one pixel and one tap.
#pragma once

#include <cstdint>

#include "backends/cuda/device/layout.h"

namespace bayesbinn::cuda {

// One axis of the images. Numbers are unsigned so that what lies before the edge is, as 2^32 less, beyond the other.
struct ProductAxis {
  uint32_t sources, targets, kernel, stride, padding;
  int shift;  // the stride is 2^shift; -1: is none of these
};

struct ProductParameters {
  const float* x;
  const void* weights;  // bits or floats
  const float* bias;    // may be null
  float* y;
  int64_t columns;
  int64_t row_step;      // bits or floats from a row of weights to the next
  int64_t channel_step;  // floats from a source channel to the next
  int64_t words;         // of bits
  int rows, depth;
  int channels, taps;  // channels of the sources
  int stride;          // columns of a pixel
  int terms;           // of bf16
  bool backward;
  bool whole_rows;  // floats: a row's weights lie one after the other
  bool quads;       // floats: every fourth of a row is 16-byte aligned
  ProductAxis y_axis, x_axis;
  // From one of a thread's rows of sources to its next.
  uint32_t step_channels, step_kernel_rows, step_kernel_columns;
};

// A block's part of a product: warps of 64 rows and 16 columns each, side by side and, along the depth, behind each other:
// each of these has its own sums over every kDepthWarps'th slab, which are added up at the end.
template <int kRowWarps, int kColumnWarps, int kDepthWarps, int kSlabDepth>
struct ProductTile {
  static constexpr int kWarpRows = 64, kWarpColumns = 16;
  static constexpr int kSlab = kSlabDepth;
  static constexpr int kAcross = kColumnWarps, kSide = kRowWarps * kColumnWarps, kBehind = kDepthWarps;
  static constexpr int kRows = kWarpRows * kRowWarps, kColumns = kWarpColumns * kColumnWarps;
  static constexpr int kDepth = kSlab * kDepthWarps;
  static constexpr int kTileThreads = kWarp * kSide * kDepthWarps;
  // Floats from a row of sources in shared memory to the next: neighbours are 8 banks apart.
  static constexpr int kPitch = kColumns + 8;
  static constexpr int kSourceFloats = kDepth * kPitch;
  // Threads read four columns each: rows of sources that they read at once.
  static constexpr int kSourceRows = kTileThreads / (kColumns / 4);
  static_assert(kDepth % kSourceRows == 0);
};

// Weights in bits: a word of each row for each slab.
template <class Tile>
constexpr int kSignWords = Tile::kRows* Tile::kBehind;
using SignTile128x64 = ProductTile<2, 4, 1, 32>;
using SignTile64x128 = ProductTile<1, 8, 1, 32>;
using SignTile64x32 = ProductTile<1, 2, 4, 32>;
using SignTile64x16 = ProductTile<1, 1, 8, 32>;

// Weights in floats: rows of shared memory are slabs with some space between them.
template <class Tile>
constexpr int kFloatPitch = Tile::kSlab + 4;
template <class Tile>
constexpr int kFloatWords = Tile::kRows* Tile::kBehind* kFloatPitch<Tile>;
using FloatTile128x64 = ProductTile<2, 4, 1, 16>;
using FloatTile64x32 = ProductTile<1, 2, 4, 16>;

// Words of a slab of both sides in shared memory; `left_words`: of weights.
template <class Tile>
BB_FORMULA constexpr int product_stage_words(int left_words) {
  return left_words + Tile::kSourceFloats;
}

// Slabs there: one in use, the others on their way. Two where three would not let two blocks share the 164 KB of a
// multiprocessor, or the 64 KB of one before capability 8.0 not hold a single block.
template <class Tile>
BB_FORMULA constexpr int product_stages(int left_words, bool ampere) {
  constexpr int kMostBytes = 80 * 1024;
  return ampere && 3 * 4 * product_stage_words<Tile>(left_words) <= kMostBytes ? 3 : 2;
}

template <class Tile>
constexpr int product_shared_bytes(int left_words, bool ampere) {
  return product_stages<Tile>(left_words, ampere) * product_stage_words<Tile>(left_words) * 4;
}

}  // namespace bayesbinn::cuda
