// The operands of a weight gradient, dW[o][i, tap] = sum of dY[o][k] X[i][k moved by the tap] over the depth k, output
// pixels and samples: how a block walks along the depth and brings parts of both into shared memory.
#pragma once

#include <cstdint>

#include "backends/cuda/device/async_copy.h"
#include "backends/cuda/device/queued_step.h"
#include "backends/cuda/device/step_buffer.h"

namespace bayesbinn::cuda {

constexpr unsigned kGradientThreads = 256;

// Where a column of dW, (i, tap), reads X; by addition modulo 2^32, which finds places before an edge beyond all sizes.
struct alignas(16) GradientColumn {
  uint32_t feature;  // first of the channel; kNoColumn: there is no such column
  uint32_t row, column;
};
constexpr uint32_t kNoColumn = 0xffffffffu;

struct GradientAxis {
  uint32_t inputs, outputs, kernel, stride, padding;
};

// Features, weights and the like are below 2^31: see check(ConvShape).
struct WeightGradientParameters {
  const float* dy;
  const float* x;
  float* out;              // [parts][rows][columns]
  uint32_t rows, columns;  // of dW
  uint32_t batch, batch_stride, quads;
  GradientAxis down, across;
  uint32_t tiles_down, steps, part_steps;
  const QueuedStep* queued;  // null: steps are not queued
};

#ifdef __CUDACC__

// A quad of the depth: which pixel, which samples.
struct DepthPlace {
  uint32_t row, column, quad;

  __device__ DepthPlace(const WeightGradientParameters& p, uint32_t index) {
    const uint32_t pixel = index / p.quads;
    quad = index % p.quads;
    row = pixel / p.across.outputs;
    column = pixel % p.across.outputs;
  }
  __device__ void advance(const WeightGradientParameters& p, uint32_t quads) {
    quad += quads;
    while (quad >= p.quads) {
      quad -= p.quads;
      if (++column == p.across.outputs) {
        column = 0;
        ++row;
      }
    }
  }
  // Of the quad; the last steps go beyond the last pixel.
  __device__ int samples(const WeightGradientParameters& p) const {
    return row < p.down.outputs ? min(4, static_cast<int>(p.batch - 4 * quad)) : 0;
  }
};

__device__ GradientColumn column_of(const WeightGradientParameters& p, uint32_t column) {
  if (column >= p.columns) return {kNoColumn, 0, 0};
  const uint32_t taps = p.down.kernel * p.across.kernel;
  const uint32_t tap = column % taps;
  return {column / taps * p.down.inputs * p.across.inputs, tap / p.across.kernel - p.down.padding,
          tap % p.across.kernel - p.across.padding};
}

// The quad of a row of dY, null outside dW.
__device__ __forceinline__ const float* outer_quad(const WeightGradientParameters& p, const DepthPlace& at,
                                                   uint32_t row) {
  const uint32_t feature = (row * p.down.outputs + at.row) * p.across.outputs + at.column;
  return row < p.rows ? p.dy + static_cast<int64_t>(feature) * p.batch_stride + 4 * at.quad : nullptr;
}

// The quad of X that a column reads, null outside the image and outside dW.
__device__ __forceinline__ const float* source_quad(const WeightGradientParameters& p, const DepthPlace& at,
                                                    const GradientColumn& column) {
  const uint32_t y = at.row * p.down.stride + column.row;
  const uint32_t x = at.column * p.across.stride + column.column;
  const bool there = column.feature != kNoColumn && y < p.down.inputs && x < p.across.inputs;
  const uint32_t feature = column.feature + y * p.across.inputs + x;
  return there ? p.x + static_cast<int64_t>(feature) * p.batch_stride + 4 * at.quad : nullptr;
}

// Brings a step of both operands into a buffer, with zeros where there is nothing: for samples beyond the batch, too.
template <class Tile>
__device__ __forceinline__ void load_step(const WeightGradientParameters& p, const DepthPlace& at, uint32_t first_row,
                                          const GradientColumn* columns, float* buffer) {
  constexpr int kPass = kGradientThreads / kStepQuads;
  const int line = threadIdx.x / kStepQuads;
  const int quad = threadIdx.x % kStepQuads;
  const int samples = at.samples(p);
#pragma unroll 1
  for (int r = line; r < Tile::rows; r += kPass) {
    const float* const from = outer_quad(p, at, first_row + r);
    copy_quad(buffer + quad_place(r, quad), from ? from : p.dy, from ? samples : 0);
  }
#pragma unroll 1
  for (int c = line; c < Tile::columns; c += kPass) {
    const float* const from = source_quad(p, at, columns[c]);
    copy_quad(buffer + quad_place(Tile::rows + c, quad), from ? from : p.x, from ? samples : 0);
  }
}

#endif

}  // namespace bayesbinn::cuda
