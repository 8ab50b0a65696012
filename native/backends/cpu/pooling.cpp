// Windows go over images whose samples lie side by side, so that a window of a vector of samples is a walk in registers.
// Forward, an output looks at the pixels of its window; backward, a pixel at the windows that hold it: each value is
// written once, and sums have one order, overlapping windows or not.
#include <algorithm>
#include <cstring>
#include <type_traits>
#include <vector>

#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/element_blocks.h"
#include "backends/cpu/simd.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// As many samples of a pixel as a vector holds, or as there are.
template <int64_t lanes>
struct Pixel {
  typedef float Floats __attribute__((vector_size(4 * lanes)));
  typedef int32_t Ints __attribute__((vector_size(4 * lanes)));

  static Floats load(const float* from) { return *reinterpret_cast<const Floats*>(from); }
  static void store(float* to, Floats value) { *reinterpret_cast<Floats*>(to) = value; }
};

template <int64_t count>
using Count = std::integral_constant<int64_t, count>;

// Calls action with the lanes of a Pixel as a constant.
template <class Action>
void with_lanes(int64_t stride, Action&& action) {
  if (stride == kLeastStride) return action.template operator()<kLeastStride>();
  if (stride < kLanes) return action.template operator()<std::min(kLanes, 2 * kLeastStride)>();
  action.template operator()<kLanes>();
}

// Calls action(Place()) with the narrowest type that can name every pixel of a window.
template <class Action>
auto with_places(const PoolShape& shape, Action&& action) {
  if (shape.most_pixels() <= int64_t{1} << 8) return action(uint8_t());
  if (shape.most_pixels() <= int64_t{1} << 16) return action(uint16_t());
  return action(int32_t());
}

// Places within a window as they are kept, those of a Pixel.
template <class Place, int64_t lanes>
struct Kept {
  typedef Place Places __attribute__((vector_size(sizeof(Place) * lanes)));
  typedef typename Pixel<lanes>::Ints Ints;

  static Ints load(const Place* from) {
    Places places;
    std::memcpy(&places, from, sizeof places);
    return __builtin_convertvector(places, Ints);
  }
  static void store(Place* to, Ints value) {
    const Places places = __builtin_convertvector(value, Places);
    std::memcpy(to, &places, sizeof places);
  }
};

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

// Of every position of an axis at once: divisions take longer than a small window.
template <class Of>
std::vector<Span> spans(const ConvAxis& axis, int64_t count, Of&& of) {
  std::vector<Span> all(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) all[static_cast<size_t>(i)] = of(axis, i);
  return all;
}

// Vectors of samples that walk over a window together, so that a pixel is read as one run of memory.
constexpr int64_t kTogether = 4;

// The windows of a shape.
class Windows {
 public:
  explicit Windows(const PoolShape& shape)
      : shape_(shape),
        stride_(batch_stride(shape.batch)),
        rows_(spans(shape.rows, shape.rows.out(), pixels_of)),
        columns_(spans(shape.columns, shape.columns.out(), pixels_of)),
        over_rows_(spans(shape.rows, shape.rows.size, windows_over)),
        over_columns_(spans(shape.columns, shape.columns.size, windows_over)) {}

  // Calls action(Count(), out, rows, columns, b) for each output of a channel and the vectors of its samples.
  template <int64_t lanes, class Action>
  void for_outputs(Action&& action) const {
    int64_t at = 0;
    for (const Span& rows : rows_) {
      for (const Span& columns : columns_) {
        int64_t b = 0;
        for (; b + kTogether * lanes <= stride_; b += kTogether * lanes)
          action(Count<kTogether>(), at + b, rows, columns, b);
        for (; b < stride_; b += lanes) action(Count<1>(), at + b, rows, columns, b);
        at += stride_;
      }
    }
  }

  // dx of a channel: for each pixel the sum of part(row, column, out row, out column, b) over the outputs whose windows
  // hold it, divided by `divisor`.
  template <int64_t lanes, class Part>
  void gather_gradient(float divisor, float* dx, Part&& part) const {
    for (int64_t r = 0; r < shape_.rows.size; ++r) {
      const Span rows = over_rows_[static_cast<size_t>(r)];
      for (int64_t c = 0; c < shape_.columns.size; ++c) {
        const Span columns = over_columns_[static_cast<size_t>(c)];
        for (int64_t b = 0; b < stride_; b += lanes, dx += lanes) {
          typename Pixel<lanes>::Floats sum = {};
          for (int64_t out_row = rows.begin; out_row < rows.end; ++out_row) {
            for (int64_t out_column = columns.begin; out_column < columns.end; ++out_column)
              sum += part(r, c, out_row, out_column, b);
          }
          Pixel<lanes>::store(dx, sum / divisor);
        }
      }
    }
  }

  template <class Place, int64_t lanes>
  void max_channel(const float* x, float* y, Place* winners) const {
    using P = Pixel<lanes>;
    const int64_t pitch = shape_.most_columns();
    for_outputs<lanes>([&](auto vectors, int64_t at, Span rows, Span columns, int64_t b) {
      constexpr int64_t kVectors = decltype(vectors)::value;
      const float* const first = x + (rows.begin * shape_.columns.size + columns.begin) * stride_ + b;
      typename P::Floats best[kVectors];
      typename P::Ints winner[kVectors] = {};
      for (int64_t v = 0; v < kVectors; ++v) best[v] = P::load(first + v * lanes);
      for (int64_t r = 0; r < rows.end - rows.begin; ++r) {
        for (int64_t c = 0; c < columns.end - columns.begin; ++c) {
          const float* const pixel = first + (r * shape_.columns.size + c) * stride_;
          const typename P::Ints place = typename P::Ints{} + static_cast<int32_t>(r * pitch + c);
          for (int64_t v = 0; v < kVectors; ++v) {
            const typename P::Floats value = P::load(pixel + v * lanes);
            const typename P::Ints better = (value > best[v]) | ((value != value) & (best[v] == best[v]));
            best[v] = better ? value : best[v];
            winner[v] = better ? place : winner[v];
          }
        }
      }
      for (int64_t v = 0; v < kVectors; ++v) {
        const int64_t out = at + v * lanes;
        P::store(y + out, best[v]);
        if (winners) Kept<Place, lanes>::store(winners + out, winner[v]);
      }
    });
  }

  template <class Place, int64_t lanes>
  void max_channel_gradient(const float* dy, const Place* winners, float* dx) const {
    using P = Pixel<lanes>;
    const int64_t pitch = shape_.most_columns();
    gather_gradient<lanes>(1, dx, [&](int64_t r, int64_t c, int64_t out_row, int64_t out_column, int64_t b) {
      const int64_t at = (out_row * shape_.columns.out() + out_column) * stride_ + b;
      const int64_t place =
          (r - rows_[static_cast<size_t>(out_row)].begin) * pitch + c - columns_[static_cast<size_t>(out_column)].begin;
      return Kept<Place, lanes>::load(winners + at) == static_cast<int32_t>(place) ? P::load(dy + at)
                                                                                   : typename P::Floats{};
    });
  }

 private:
  const PoolShape& shape_;
  int64_t stride_;
  std::vector<Span> rows_, columns_;            // pixels of the windows
  std::vector<Span> over_rows_, over_columns_;  // windows over the pixels
};

int64_t pool_block(const PoolShape& shape) { return channel_block(shape.in_pixels() * batch_stride(shape.batch)); }

}  // namespace

int64_t CpuBackend::winner_bytes(const PoolShape& shape) const {
  const auto one = with_places(shape, [](auto place) { return static_cast<int64_t>(sizeof(place)); });
  return shape.channels * shape.out_pixels() * batch_stride(shape.batch) * one;
}

void CpuBackend::max_pool2d(const PoolShape& shape, const float* x, float* y, void* winners) {
  const int64_t stride = batch_stride(shape.batch);
  const Windows windows(shape);
  with_places(shape, [&](auto place) {
    using Place = decltype(place);
    with_lanes(stride, [&]<int64_t lanes>() {
      in_blocks(shape.channels, pool_block(shape), [&](int64_t begin, int64_t end) {
        for (int64_t c = begin; c < end; ++c) {
          const int64_t out = c * shape.out_pixels() * stride;
          windows.max_channel<Place, lanes>(x + c * shape.in_pixels() * stride, y + out,
                                            winners ? static_cast<Place*>(winners) + out : nullptr);
        }
      });
    });
  });
}

void CpuBackend::max_pool2d_gradient(const PoolShape& shape, const float* dy, const void* winners, float* dx) {
  const int64_t stride = batch_stride(shape.batch);
  const Windows windows(shape);
  with_places(shape, [&](auto place) {
    using Place = decltype(place);
    with_lanes(stride, [&]<int64_t lanes>() {
      in_blocks(shape.channels, pool_block(shape), [&](int64_t begin, int64_t end) {
        for (int64_t c = begin; c < end; ++c) {
          const int64_t out = c * shape.out_pixels() * stride;
          windows.max_channel_gradient<Place, lanes>(dy + out, static_cast<const Place*>(winners) + out,
                                                     dx + c * shape.in_pixels() * stride);
        }
      });
    });
  });
}

void CpuBackend::average_pool2d(const PoolShape& shape, const float* x, float* y) {
  const int64_t stride = batch_stride(shape.batch);
  const auto taps = static_cast<float>(shape.taps());
  const Windows windows(shape);
  with_lanes(stride, [&]<int64_t lanes>() {
    using P = Pixel<lanes>;
    in_blocks(shape.channels, pool_block(shape), [&](int64_t begin, int64_t end) {
      for (int64_t channel = begin; channel < end; ++channel) {
        const float* const image = x + channel * shape.in_pixels() * stride;
        float* const out = y + channel * shape.out_pixels() * stride;
        windows.for_outputs<lanes>([&](auto vectors, int64_t at, Span rows, Span columns, int64_t b) {
          constexpr int64_t kVectors = decltype(vectors)::value;
          // Row by row: large windows round less than in one long sum.
          typename P::Floats sum[kVectors] = {};
          for (int64_t r = rows.begin; r < rows.end; ++r) {
            typename P::Floats row[kVectors] = {};
            for (int64_t c = columns.begin; c < columns.end; ++c) {
              const float* const pixel = image + (r * shape.columns.size + c) * stride + b;
              for (int64_t v = 0; v < kVectors; ++v) row[v] += P::load(pixel + v * lanes);
            }
            for (int64_t v = 0; v < kVectors; ++v) sum[v] += row[v];
          }
          for (int64_t v = 0; v < kVectors; ++v) P::store(out + at + v * lanes, sum[v] / taps);
        });
      }
    });
  });
}

void CpuBackend::average_pool2d_gradient(const PoolShape& shape, const float* dy, float* dx) {
  const int64_t stride = batch_stride(shape.batch);
  const auto taps = static_cast<float>(shape.taps());
  const Windows windows(shape);
  with_lanes(stride, [&]<int64_t lanes>() {
    in_blocks(shape.channels, pool_block(shape), [&](int64_t begin, int64_t end) {
      for (int64_t c = begin; c < end; ++c) {
        const float* const out = dy + c * shape.out_pixels() * stride;
        windows.gather_gradient<lanes>(taps, dx + c * shape.in_pixels() * stride,
                                       [&](int64_t, int64_t, int64_t out_row, int64_t out_column, int64_t b) {
                                         const int64_t at = (out_row * shape.columns.out() + out_column) * stride;
                                         return Pixel<lanes>::load(out + at + b);
                                       });
      }
    });
  });
}

}  // namespace bayesbinn::BAYESBINN_ISA
