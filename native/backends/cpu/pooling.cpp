// Windows go over images whose samples lie side by side, so that a window of a vector of samples is a walk in registers.
// Forward, an output looks at the pixels of its window; backward, a pixel at the windows that hold it: each value is
// written once, and sums have one order, overlapping windows or not.
#include <algorithm>
#include <cstring>
#include <type_traits>

#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/element_blocks.h"
#include "backends/cpu/simd.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

typedef int32_t IntVector __attribute__((vector_size(kVectorBytes)));
// Places within a window as they are kept, a vector of samples each.
typedef uint8_t Bytes __attribute__((vector_size(kLanes)));
typedef uint16_t Halves __attribute__((vector_size(2 * kLanes)));
typedef int32_t Words __attribute__((vector_size(4 * kLanes)));

// Calls action(Places()) with the narrowest type that can name every pixel of a window.
template <class Action>
auto with_places(const PoolShape& shape, Action&& action) {
  if (shape.most_pixels() <= int64_t{1} << 8) return action(Bytes());
  if (shape.most_pixels() <= int64_t{1} << 16) return action(Halves());
  return action(Words());
}

struct Span {
  int64_t begin, end;
};

// Pixels of the image in the window of an output.
Span pixels_of(const ConvAxis& axis, int64_t out) {
  const int64_t first = out * axis.stride - axis.padding;
  return {std::max<int64_t>(first, 0), std::min(first + axis.kernel, axis.size)};
}

// Outputs whose windows hold a pixel.
Span windows_over(const ConvAxis& axis, int64_t pixel) {
  const int64_t padded = pixel + axis.padding;
  const int64_t first = padded < axis.kernel ? 0 : (padded - axis.kernel) / axis.stride + 1;
  return {first, std::min(padded / axis.stride + 1, axis.out())};
}

// Vectors of samples that walk over a window together, so that a pixel is read as one run of memory.
template <int kCount>
using Vectors = std::integral_constant<int, kCount>;
constexpr int kTogether = 4;

// Calls action(Vectors(), out, rows, columns, b) for each output of a channel and the vectors of its samples.
template <class Action>
void for_outputs(const PoolShape& shape, Action&& action) {
  const int64_t stride = batch_stride(shape.batch);
  int64_t at = 0;
  for (int64_t r = 0; r < shape.rows.out(); ++r) {
    const Span rows = pixels_of(shape.rows, r);
    for (int64_t c = 0; c < shape.columns.out(); ++c, at += stride) {
      const Span columns = pixels_of(shape.columns, c);
      int64_t b = 0;
      for (; b + kTogether * kLanes <= stride; b += kTogether * kLanes)
        action(Vectors<kTogether>(), at + b, rows, columns, b);
      for (; b < stride; b += kLanes) action(Vectors<1>(), at + b, rows, columns, b);
    }
  }
}

// dx of a channel: for each pixel the sum of part(row, column, out row, out column, b) over the outputs whose windows
// hold it, divided by `divisor`.
template <class Part>
void gather_gradient(const PoolShape& shape, float divisor, float* dx, Part&& part) {
  const int64_t stride = batch_stride(shape.batch);
  for (int64_t r = 0; r < shape.rows.size; ++r) {
    const Span rows = windows_over(shape.rows, r);
    for (int64_t c = 0; c < shape.columns.size; ++c) {
      const Span columns = windows_over(shape.columns, c);
      for (int64_t b = 0; b < stride; b += kLanes, dx += kLanes) {
        FloatVector sum = {};
        for (int64_t out_row = rows.begin; out_row < rows.end; ++out_row) {
          for (int64_t out_column = columns.begin; out_column < columns.end; ++out_column)
            sum += part(r, c, out_row, out_column, b);
        }
        store(dx, sum / divisor);
      }
    }
  }
}

template <class Places>
void max_channel(const PoolShape& shape, const float* x, float* y, char* winners) {
  const int64_t stride = batch_stride(shape.batch);
  const int64_t pitch = shape.most_columns();
  for_outputs(shape, [&](auto vectors, int64_t at, Span rows, Span columns, int64_t b) {
    constexpr int kVectors = decltype(vectors)::value;
    const float* const first = x + (rows.begin * shape.columns.size + columns.begin) * stride + b;
    FloatVector best[kVectors];
    IntVector winner[kVectors] = {};
    for (int v = 0; v < kVectors; ++v) best[v] = load(first + v * kLanes);
    for (int64_t r = 0; r < rows.end - rows.begin; ++r) {
      for (int64_t c = 0; c < columns.end - columns.begin; ++c) {
        const float* const pixel = first + (r * shape.columns.size + c) * stride;
        const IntVector place = IntVector{} + static_cast<int32_t>(r * pitch + c);
        for (int v = 0; v < kVectors; ++v) {
          const FloatVector value = load(pixel + v * kLanes);
          const IntVector better = (value > best[v]) | ((value != value) & (best[v] == best[v]));
          best[v] = better ? value : best[v];
          winner[v] = better ? place : winner[v];
        }
      }
    }
    for (int v = 0; v < kVectors; ++v) {
      const int64_t out = at + v * kLanes;
      store(y + out, best[v]);
      if (!winners) continue;
      const Places kept = __builtin_convertvector(winner[v], Places);
      std::memcpy(winners + out * static_cast<int64_t>(sizeof(Places)) / kLanes, &kept, sizeof(kept));
    }
  });
}

template <class Places>
void max_channel_gradient(const PoolShape& shape, const float* dy, const char* winners, float* dx) {
  const int64_t stride = batch_stride(shape.batch);
  const int64_t pitch = shape.most_columns();
  gather_gradient(shape, 1, dx, [&](int64_t r, int64_t c, int64_t out_row, int64_t out_column, int64_t b) {
    const int64_t at = (out_row * shape.columns.out() + out_column) * stride + b;
    const int64_t place =
        (r - pixels_of(shape.rows, out_row).begin) * pitch + c - pixels_of(shape.columns, out_column).begin;
    Places kept;
    std::memcpy(&kept, winners + at * static_cast<int64_t>(sizeof(Places)) / kLanes, sizeof(kept));
    return __builtin_convertvector(kept, IntVector) == static_cast<int32_t>(place) ? load(dy + at) : FloatVector{};
  });
}

int64_t pool_block(const PoolShape& shape) { return channel_block(shape.in_pixels() * batch_stride(shape.batch)); }

}  // namespace

int64_t CpuBackend::winner_bytes(const PoolShape& shape) const {
  const auto one = with_places(shape, [](auto places) { return static_cast<int64_t>(sizeof(places)) / kLanes; });
  return shape.channels * shape.out_pixels() * batch_stride(shape.batch) * one;
}

void CpuBackend::max_pool2d(const PoolShape& shape, const float* x, float* y, void* winners) {
  const int64_t stride = batch_stride(shape.batch);
  const auto pool = [&](auto places) {
    using Places = decltype(places);
    constexpr auto kOne = static_cast<int64_t>(sizeof(Places)) / kLanes;
    in_blocks(shape.channels, pool_block(shape), [&](int64_t begin, int64_t end) {
      for (int64_t c = begin; c < end; ++c) {
        const int64_t out = c * shape.out_pixels() * stride;
        max_channel<Places>(shape, x + c * shape.in_pixels() * stride, y + out,
                            winners ? static_cast<char*>(winners) + out * kOne : nullptr);
      }
    });
  };
  with_places(shape, pool);
}

void CpuBackend::max_pool2d_gradient(const PoolShape& shape, const float* dy, const void* winners, float* dx) {
  const int64_t stride = batch_stride(shape.batch);
  const auto pool = [&](auto places) {
    using Places = decltype(places);
    constexpr auto kOne = static_cast<int64_t>(sizeof(Places)) / kLanes;
    in_blocks(shape.channels, pool_block(shape), [&](int64_t begin, int64_t end) {
      for (int64_t c = begin; c < end; ++c) {
        const int64_t out = c * shape.out_pixels() * stride;
        max_channel_gradient<Places>(shape, dy + out, static_cast<const char*>(winners) + out * kOne,
                                     dx + c * shape.in_pixels() * stride);
      }
    });
  };
  with_places(shape, pool);
}

void CpuBackend::average_pool2d(const PoolShape& shape, const float* x, float* y) {
  const int64_t stride = batch_stride(shape.batch);
  const auto taps = static_cast<float>(shape.taps());
  in_blocks(shape.channels, pool_block(shape), [&](int64_t begin, int64_t end) {
    for (int64_t channel = begin; channel < end; ++channel) {
      const float* const image = x + channel * shape.in_pixels() * stride;
      float* const out = y + channel * shape.out_pixels() * stride;
      for_outputs(shape, [&](auto vectors, int64_t at, Span rows, Span columns, int64_t b) {
        constexpr int kVectors = decltype(vectors)::value;
        // Row by row: large windows round less than in one long sum.
        FloatVector sum[kVectors] = {};
        for (int64_t r = rows.begin; r < rows.end; ++r) {
          FloatVector row[kVectors] = {};
          for (int64_t c = columns.begin; c < columns.end; ++c) {
            const float* const pixel = image + (r * shape.columns.size + c) * stride + b;
            for (int v = 0; v < kVectors; ++v) row[v] += load(pixel + v * kLanes);
          }
          for (int v = 0; v < kVectors; ++v) sum[v] += row[v];
        }
        for (int v = 0; v < kVectors; ++v) store(out + at + v * kLanes, sum[v] / taps);
      });
    }
  });
}

void CpuBackend::average_pool2d_gradient(const PoolShape& shape, const float* dy, float* dx) {
  const int64_t stride = batch_stride(shape.batch);
  const auto taps = static_cast<float>(shape.taps());
  in_blocks(shape.channels, pool_block(shape), [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      const float* const out = dy + c * shape.out_pixels() * stride;
      gather_gradient(shape, taps, dx + c * shape.in_pixels() * stride,
                      [&](int64_t, int64_t, int64_t out_row, int64_t out_column, int64_t b) {
                        return load(out + (out_row * shape.columns.out() + out_column) * stride + b);
                      });
    }
  });
}

}  // namespace bayesbinn::BAYESBINN_ISA
