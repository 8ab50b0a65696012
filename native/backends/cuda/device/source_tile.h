// The activations of a block's product: x[k][n] for a tile's depth and columns, zero beyond the edges of images.
#pragma once

#ifdef __CUDACC__
#include "backends/cuda/device/async_copy.h"
#include "backends/cuda/device/product.h"

namespace bayesbinn::cuda {

// Where tap 0 of a target's kernel lies among the sources; backward, where the target lies among places with padding.
__device__ __forceinline__ uint32_t source_origin(const ProductAxis& axis, uint32_t target, bool backward) {
  return backward ? target + axis.padding : target * axis.stride - axis.padding;
}

// Beyond axis.sources where there is no such source.
__device__ __forceinline__ uint32_t source_at(const ProductAxis& axis, uint32_t origin, uint32_t tap, bool backward) {
  if (!backward) return origin + tap;
  const uint32_t distance = origin - tap;
  const uint32_t source = axis.shift >= 0 ? distance >> axis.shift : distance / axis.stride;
  return tap <= origin && source * axis.stride == distance ? source : axis.sources;
}

// Loads the tiles along the depth one after the other. A thread has four columns, and some of the rows.
template <class Tile>
class SourceTile {
 public:
  __device__ SourceTile(const ProductParameters& p, int64_t first_column) : p_(p) {
    const int64_t column = first_column + 4 * quad();
    const int64_t pixel = column / p.stride;
    const auto target_row = static_cast<uint32_t>(pixel / p.x_axis.targets);
    const auto target_column = static_cast<uint32_t>(pixel % p.x_axis.targets);
    row_origin_ = source_origin(p.y_axis, target_row, p.backward);
    column_origin_ = source_origin(p.x_axis, target_column, p.backward);
    samples_ = p.x + column % p.stride;
    // A column beyond the last reads channels that are not there.
    const uint32_t taps = p.taps, first = row();
    channel_ = column < p.columns ? first / taps : p.channels;
    kernel_row_ = first % taps / p.x_axis.kernel;
    kernel_column_ = first % p.x_axis.kernel;
  }

  __device__ void load(float* stage) {
    float* to = stage + row() * Tile::kPitch + 4 * quad();
#pragma unroll
    for (int pass = 0; pass < Tile::kDepth / kStep; ++pass, to += kStep * Tile::kPitch) {
      const uint32_t source_row = source_at(p_.y_axis, row_origin_, kernel_row_, p_.backward);
      const uint32_t source_column = source_at(p_.x_axis, column_origin_, kernel_column_, p_.backward);
      const bool valid = channel_ < p_.channels && source_row < p_.y_axis.sources && source_column < p_.x_axis.sources;
      const uint32_t place = (channel_ * p_.y_axis.sources + source_row) * p_.x_axis.sources + source_column;
      copy_quad(to, valid ? samples_ + static_cast<int64_t>(place) * p_.stride : p_.x, valid ? 4 : 0);
      advance();
    }
  }

 private:
  static constexpr int kQuads = Tile::kColumns / 4, kStep = Tile::kSourceRows;

  static __device__ int quad() { return static_cast<int>(threadIdx.x) % kQuads; }
  static __device__ int row() { return static_cast<int>(threadIdx.x) / kQuads; }

  // To the next of the thread's rows.
  __device__ void advance() {
    kernel_column_ += p_.step_kernel_columns;
    kernel_row_ += p_.step_kernel_rows;
    channel_ += p_.step_channels;
    if (kernel_column_ >= p_.x_axis.kernel) {
      kernel_column_ -= p_.x_axis.kernel;
      ++kernel_row_;
    }
    if (kernel_row_ >= p_.y_axis.kernel) {
      kernel_row_ -= p_.y_axis.kernel;
      ++channel_;
    }
  }

  const ProductParameters& p_;
  const float* samples_;
  uint32_t row_origin_, column_origin_;
  int channel_;
  uint32_t kernel_row_, kernel_column_;
};

}  // namespace bayesbinn::cuda
#endif
