// The gradient of weights: dW[o][i, tap] = sum of dY[o][k] X[i][k moved by the tap] over the depth k, output pixels and
// samples. It is a product of matrices whose rows both lie along the samples. A linear layer has one pixel and one tap.
//
// A block forms a tile of dW from a part of the depth. Where there are several parts, a second kernel adds them up.
#include <algorithm>

#include "backends/cuda/cuda_backend.h"
#include "backends/cuda/device/gradient_operands.h"
#include "backends/cuda/device/gradient_tile.h"
#include "backends/cuda/device/kernel.h"
#include "base/ceil_divide.h"

namespace bayesbinn::cuda {

using LargeTile = GradientTile<128, 128, 64, 32>;
using SmallTile = GradientTile<64, 64, 32, 16>;
static_assert(LargeTile::threads == kGradientThreads && SmallTile::threads == kGradientThreads);
constexpr int kBuffers = 2;  // of a step, in turns

struct GradientSumParameters {
  const float* parts;  // [parts][count]
  float* out;
  int64_t count;
  uint32_t number;
};

template <class Tile>
constexpr unsigned shared_bytes() {
  return kBuffers * (Tile::rows + Tile::columns) * kStepDepth * sizeof(float) + Tile::columns * sizeof(GradientColumn);
}

#ifdef __CUDACC__

// Over the block's part of the depth. Whether all sums of the thread are finite.
template <class Tile, int kTerms>
__device__ bool sum_part(const WeightGradientParameters& p, uint32_t first_row, const GradientColumn* columns,
                         float* buffers, float (&sum)[Tile::down][Tile::across][4]) {
  constexpr int kBuffer = (Tile::rows + Tile::columns) * kStepDepth;
  for (auto& row : sum) {
    for (auto& product : row) {
      for (float& value : product) value = 0.0f;
    }
  }
  const uint32_t begin = blockIdx.y * p.part_steps;
  const uint32_t end = min(p.steps, begin + p.part_steps);
  DepthPlace at(p, begin * kStepQuads + threadIdx.x % kStepQuads);
  load_step<Tile>(p, at, first_row, columns, buffers);
  for (uint32_t step = begin; step < end; ++step) {
    wait_for_all_copies();
    __syncthreads();  // this step has come, and the buffer of the one before has been read
    float* const buffer = buffers + (step - begin) % kBuffers * kBuffer;
    if (step + 1 < end) {
      at.advance(p, kStepQuads);
      load_step<Tile>(p, at, first_row, columns, buffers + (step + 1 - begin) % kBuffers * kBuffer);
    }
    multiply_step<Tile, kTerms>(buffer, buffer + Tile::rows * kStepDepth, sum);
  }
  float zero = 0.0f;
  for (auto& row : sum) {
    for (auto& product : row) {
      for (float value : product) zero = fmaf(value, 0.0f, zero);
    }
  }
  return zero == 0.0f;  // Inf times 0 is NaN
}

// The sum of one weight over the block's part of the depth, in float32 arithmetic.
__device__ __forceinline__ float plain_sum(const WeightGradientParameters& p, uint32_t row,
                                           const GradientColumn& column) {
  DepthPlace at(p, blockIdx.y * p.part_steps * kStepQuads);
  float sum = 0.0f;
  for (uint32_t q = p.part_steps * kStepQuads; q > 0; --q, at.advance(p, 1)) {
    const float* const source = source_quad(p, at, column);
    if (!source) continue;
    const float* const outer = outer_quad(p, at, row);
    for (int s = 0; s < at.samples(p); ++s) sum = fmaf(outer[s], source[s], sum);
  }
  return sum;
}

// The thread's weights once more where they are no finite numbers: the terms of Inf multiply to NaN, those of the largest
// numbers may be Inf, and Inf times the zeros outside an image is NaN. Slow, but rare.
template <class Tile>
__device__ __forceinline__ void repair(const WeightGradientParameters& p, float* out, uint32_t top,
                                       const GradientColumn* columns) {
#pragma unroll 1
  for (int i = 0; i < 2 * Tile::down; ++i) {
    if (top + 8 * i >= p.rows) break;
#pragma unroll 1
    for (int j = 0; j < 2 * Tile::across; ++j) {
      const int column = j / 2 * 8 + j % 2;
      if (columns[column].feature == kNoColumn) break;
      float& value = out[static_cast<int64_t>(8 * i) * p.columns + column];
      if (!(fabsf(value) < INFINITY)) value = plain_sum(p, top + 8 * i, columns[column]);
    }
  }
}

template <class Tile, int kTerms>
__device__ __forceinline__ void weight_gradient(const WeightGradientParameters& p) {
  BB_SHARED(float, buffers);
  // Nobody would use it, and to repair what is no number takes long.
  if (halted(p.queued)) return;
  constexpr int kFloats = kBuffers * (Tile::rows + Tile::columns) * kStepDepth;
  GradientColumn* const columns = reinterpret_cast<GradientColumn*>(buffers + kFloats);
  const uint32_t first_row = blockIdx.x % p.tiles_down * Tile::rows;
  const uint32_t first_column = blockIdx.x / p.tiles_down * Tile::columns;
  for (unsigned c = threadIdx.x; c < Tile::columns; c += kGradientThreads) columns[c] = column_of(p, first_column + c);
  __syncthreads();

  float sum[Tile::down][Tile::across][4];
#if __CUDA_ARCH__ >= 800
  const bool finite = sum_part<Tile, kTerms>(p, first_row, columns, buffers, sum);
#else
  const bool finite = sum_part<Tile, 0>(p, first_row, columns, buffers, sum);
#endif

  // The thread's first weight.
  const int left = warp_index() % Tile::warps_across * Tile::warp_columns + lane_index() % 4 * 2;
  const uint32_t top = first_row + warp_index() / Tile::warps_across * Tile::warp_rows + lane_index() / 4;
  const bool pairs = p.columns % 2 == 0;
  float* const out = p.out + (static_cast<int64_t>(blockIdx.y) * p.rows + top) * p.columns + first_column + left;
#pragma unroll
  for (int i = 0; i < 2 * Tile::down; ++i) {
#pragma unroll
    for (int j = 0; j < Tile::across; ++j) {
      const int64_t columns_left = static_cast<int64_t>(p.columns) - first_column - left - 8 * j;
      if (top + 8 * i >= p.rows || columns_left <= 0) continue;
      const float* const value = sum[i / 2][j] + i % 2 * 2;
      float* const to = out + static_cast<int64_t>(8 * i) * p.columns + 8 * j;
      if (pairs) {
        *reinterpret_cast<float2*>(to) = make_float2(value[0], value[1]);
      } else {
        to[0] = value[0];
        if (columns_left > 1) to[1] = value[1];
      }
    }
  }
  if (!finite) repair<Tile>(p, out, top, columns + left);
}

using WeightGradient = WeightGradientParameters;

#if __CUDA_ARCH__ >= 800
BB_KERNEL(kGradientThreads, 1) weight_gradient_large_kernel(const WeightGradient p) {
  weight_gradient<LargeTile, 3>(p);
}
BB_KERNEL(kGradientThreads, 1) weight_gradient_large_bf16x2_kernel(const WeightGradient p) {
  weight_gradient<LargeTile, 2>(p);
}
BB_KERNEL(kGradientThreads, 1) weight_gradient_large_bf16_kernel(const WeightGradient p) {
  weight_gradient<LargeTile, 1>(p);
}
#endif

BB_KERNEL(kGradientThreads) weight_gradient_small_kernel(const WeightGradient p) { weight_gradient<SmallTile, 3>(p); }
BB_KERNEL(kGradientThreads) weight_gradient_small_bf16x2_kernel(const WeightGradient p) {
  weight_gradient<SmallTile, 2>(p);
}
BB_KERNEL(kGradientThreads) weight_gradient_small_bf16_kernel(const WeightGradient p) {
  weight_gradient<SmallTile, 1>(p);
}

BB_KERNEL(kThreads) weight_gradient_sum_kernel(const GradientSumParameters p) {
  const int64_t i = thread_index();
  if (i >= p.count) return;
  float sum = 0.0f;
#pragma unroll 8
  for (uint32_t part = 0; part < p.number; ++part) sum += p.parts[part * p.count + i];
  p.out[i] = sum;
}

#else

namespace {

// Blocks that keep a device busy, and what a part of the depth has at least: forming and adding up another set of sums
// costs as much as a few steps.
constexpr int64_t kWantedBlocks = 512;
constexpr int64_t kPartSteps = 16;
// Of all parts of a gradient.
constexpr int64_t kPartBytes = int64_t{64} << 20;

struct TileKind {
  int64_t rows, columns;
  unsigned shared;
  const char* kernels[3];  // by precision

  int64_t tiles_down(int64_t weight_rows) const { return ceil_divide(weight_rows, rows); }
  int64_t tiles(int64_t weight_rows, int64_t weight_columns) const {
    return tiles_down(weight_rows) * ceil_divide(weight_columns, columns);
  }
};

template <class Tile>
constexpr TileKind tile_kind(const char* float32, const char* bf16x2, const char* bf16) {
  return {Tile::rows, Tile::columns, shared_bytes<Tile>(), {float32, bf16x2, bf16}};
}

constexpr TileKind kLarge = tile_kind<LargeTile>("weight_gradient_large_kernel", "weight_gradient_large_bf16x2_kernel",
                                                 "weight_gradient_large_bf16_kernel");
constexpr TileKind kSmall = tile_kind<SmallTile>("weight_gradient_small_kernel", "weight_gradient_small_bf16x2_kernel",
                                                 "weight_gradient_small_bf16_kernel");

// Large tiles read less, where few of their weights lie outside and enough blocks remain.
const TileKind& kind_for(int64_t rows, int64_t columns, int64_t steps) {
  const int64_t large = kLarge.tiles(rows, columns);
  const int64_t waste_ratio = kLarge.rows * kLarge.columns / (kSmall.rows * kSmall.columns);
  const bool fits = 4 * waste_ratio * large <= 5 * kSmall.tiles(rows, columns);
  return fits && large * std::max<int64_t>(1, steps / kPartSteps) >= kWantedBlocks ? kLarge : kSmall;
}

GradientAxis axis_of(const ConvAxis& axis) {
  return {static_cast<uint32_t>(axis.size), static_cast<uint32_t>(axis.out()), static_cast<uint32_t>(axis.kernel),
          static_cast<uint32_t>(axis.stride), static_cast<uint32_t>(axis.padding)};
}

}  // namespace

void CudaBackend::linear_weight_gradient(const LinearShape& shape, const float* dy, const float* x,
                                         const GradientTarget& target) {
  constexpr ConvAxis kOne = {1, 1, 1, 0};
  conv2d_weight_gradient({shape.batch, shape.in, shape.out, kOne, kOne}, dy, x, target);
}

void CudaBackend::conv2d_weight_gradient(const ConvShape& shape, const float* dy, const float* x,
                                         const GradientTarget& target) {
  const int64_t rows = shape.out;
  const int64_t columns = shape.in * shape.taps();
  const int64_t quads = ceil_divide(shape.batch, 4);
  const int64_t steps = ceil_divide(shape.out_pixels() * quads, kStepQuads);
  // Before capability 8.0 shared memory has no room for large tiles.
  const TileKind& kind = device_->ampere() ? kind_for(rows, columns, steps) : kSmall;
  const int64_t tiles = kind.tiles(rows, columns);
  const int64_t bytes = rows * columns * static_cast<int64_t>(sizeof(float));
  const int64_t most = std::min({ceil_divide(kWantedBlocks, tiles), steps / kPartSteps, kPartBytes / bytes});
  const int64_t part_steps = ceil_divide(steps, std::max<int64_t>(1, most));
  const int64_t parts = ceil_divide(steps, part_steps);

  float* const gradient = scratch<float>(ScratchUse::gradient, rows * columns);
  float* const sums = parts > 1 ? scratch<float>(ScratchUse::partial_sums, parts * rows * columns) : gradient;
  const WeightGradientParameters p = {dy,
                                      x,
                                      sums,
                                      static_cast<uint32_t>(rows),
                                      static_cast<uint32_t>(columns),
                                      static_cast<uint32_t>(shape.batch),
                                      static_cast<uint32_t>(batch_stride(shape.batch)),
                                      static_cast<uint32_t>(quads),
                                      axis_of(shape.rows),
                                      axis_of(shape.columns),
                                      static_cast<uint32_t>(kind.tiles_down(rows)),
                                      static_cast<uint32_t>(steps),
                                      static_cast<uint32_t>(part_steps),
                                      queued_};
  run({"weight_gradient", kind.kernels[static_cast<int>(precision_)]},
      {tiles, kGradientThreads, kind.shared, static_cast<unsigned>(parts)}, p);
  if (parts > 1) {
    const GradientSumParameters sum = {sums, gradient, rows * columns, static_cast<uint32_t>(parts)};
    run({"weight_gradient", "weight_gradient_sum_kernel"}, {ceil_divide(sum.count, kThreads), kThreads}, sum);
  }
  consume_gradient(target, 0, gradient, rows * columns);
}

#endif

}  // namespace bayesbinn::cuda
