// A block has a row of pixels of one channel, a thread four samples of a pixel. Forward, an output looks at the pixels of
// its window; backward, a pixel at the windows that hold it: each value is written once, and sums have one order,
// overlapping windows or not.
#include "backends/cuda/cuda_backend.h"
#include "backends/cuda/device/kernel.h"
#include "backends/cuda/device/quad.h"

namespace bayesbinn::cuda {

struct PoolAxis {
  int size, window, stride, padding, out;
};

struct PoolParameters {
  PoolAxis rows, columns;
  uint32_t quads;      // of four samples, a pixel
  int pitch;           // places of a window's row
  int place_bytes;     // of a winner; 0: none are kept
  float divisor;       // of sums
  const float4* from;  // x or dy
  float4* to;          // y or dx
  void* winners;       // places within windows, as many as outputs
};

#ifdef __CUDACC__

struct Span {
  int begin, end;
};

// Pixels of the image in the window of an output.
__device__ __forceinline__ Span pixels_of(const PoolAxis& axis, int out) {
  const int first = out * axis.stride - axis.padding;
  return {max(first, 0), min(first + axis.window, axis.size)};
}

// Outputs whose windows hold a pixel.
__device__ __forceinline__ Span windows_over(const PoolAxis& axis, int pixel) {
  const int padded = pixel + axis.padding;
  const int first = padded < axis.window ? 0 : (padded - axis.window) / axis.stride + 1;
  return {first, min(padded / axis.stride + 1, axis.out)};
}

// Calls action(channel, row, column, quad) for what is this thread's of images of `rows` and `columns`.
template <class Action>
__device__ __forceinline__ void for_pixels(const PoolParameters& p, int rows, int columns, Action&& action) {
  const int64_t channel = blockIdx.x / static_cast<unsigned>(rows);
  const int row = static_cast<int>(blockIdx.x % static_cast<unsigned>(rows));
  const uint32_t count = static_cast<uint32_t>(columns) * p.quads;
  for (uint32_t i = blockIdx.y * blockDim.x + threadIdx.x; i < count; i += gridDim.y * blockDim.x)
    action(channel, row, static_cast<int>(i / p.quads), i % p.quads);
}

__device__ __forceinline__ float4 sum_of(const float4& a, const float4& b) {
  return make_float4(a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w);
}

__device__ __forceinline__ float4 quotient(const float4& a, float divisor) {
  return make_float4(a.x / divisor, a.y / divisor, a.z / divisor, a.w / divisor);
}

__device__ __forceinline__ void keep_places(const PoolParameters& p, int64_t at, const int4& place) {
  if (p.place_bytes == 1) {
    static_cast<uchar4*>(p.winners)[at] =
        make_uchar4(static_cast<unsigned char>(place.x), static_cast<unsigned char>(place.y),
                    static_cast<unsigned char>(place.z), static_cast<unsigned char>(place.w));
  } else if (p.place_bytes == 2) {
    static_cast<ushort4*>(p.winners)[at] =
        make_ushort4(static_cast<unsigned short>(place.x), static_cast<unsigned short>(place.y),
                     static_cast<unsigned short>(place.z), static_cast<unsigned short>(place.w));
  } else if (p.place_bytes == 4) {
    static_cast<int4*>(p.winners)[at] = place;
  }
}

__device__ __forceinline__ int4 kept_places(const PoolParameters& p, int64_t at) {
  if (p.place_bytes == 1) {
    const uchar4 place = static_cast<const uchar4*>(p.winners)[at];
    return make_int4(place.x, place.y, place.z, place.w);
  }
  if (p.place_bytes == 2) {
    const ushort4 place = static_cast<const ushort4*>(p.winners)[at];
    return make_int4(place.x, place.y, place.z, place.w);
  }
  return static_cast<const int4*>(p.winners)[at];
}

// A NaN is larger than any number, and the first of several.
__device__ __forceinline__ void take_larger(float value, int place, float& best, int& winner) {
  const bool better = value > best || (value != value && best == best);
  best = better ? value : best;
  winner = better ? place : winner;
}

BB_KERNEL(kThreads) max_pool_kernel(const PoolParameters p) {
  for_pixels(p, p.rows.out, p.columns.out, [&](int64_t channel, int row, int column, uint32_t quad) {
    const Span rows = pixels_of(p.rows, row);
    const Span columns = pixels_of(p.columns, column);
    const int64_t pixel = (channel * p.rows.size + rows.begin) * p.columns.size + columns.begin;
    const float4* line = p.from + pixel * p.quads + quad;
    float4 best = *line;
    int4 winner = {0, 0, 0, 0};
    for (int r = 0; r < rows.end - rows.begin; ++r, line += static_cast<int64_t>(p.columns.size) * p.quads) {
#pragma unroll 4
      for (int c = 0; c < columns.end - columns.begin; ++c) {
        const float4 value = line[static_cast<int64_t>(c) * p.quads];
        const int place = r * p.pitch + c;
        take_larger(value.x, place, best.x, winner.x);
        take_larger(value.y, place, best.y, winner.y);
        take_larger(value.z, place, best.z, winner.z);
        take_larger(value.w, place, best.w, winner.w);
      }
    }
    const int64_t out = ((channel * p.rows.out + row) * p.columns.out + column) * p.quads + quad;
    p.to[out] = best;
    keep_places(p, out, winner);
  });
}

// dx: for each pixel the sum of part(output, its row, its column) over the outputs whose windows hold it, divided.
template <class Part>
__device__ __forceinline__ float4 gathered(const PoolParameters& p, int64_t channel, int row, int column, uint32_t quad,
                                           Part&& part) {
  const Span rows = windows_over(p.rows, row);
  const Span columns = windows_over(p.columns, column);
  float4 sum = {0, 0, 0, 0};
  for (int out_row = rows.begin; out_row < rows.end; ++out_row) {
    const int64_t line = (channel * p.rows.out + out_row) * p.columns.out;
#pragma unroll 4
    for (int out_column = columns.begin; out_column < columns.end; ++out_column)
      sum = sum_of(sum, part((line + out_column) * p.quads + quad, out_row, out_column));
  }
  return quotient(sum, p.divisor);
}

BB_KERNEL(kThreads) max_pool_gradient_kernel(const PoolParameters p) {
  for_pixels(p, p.rows.size, p.columns.size, [&](int64_t channel, int row, int column, uint32_t quad) {
    const auto won = [&](int64_t at, int out_row, int out_column) {
      const int place =
          (row - pixels_of(p.rows, out_row).begin) * p.pitch + column - pixels_of(p.columns, out_column).begin;
      const int4 winner = kept_places(p, at);
      const float4 dy = p.from[at];
      return make_float4(winner.x == place ? dy.x : 0.0f, winner.y == place ? dy.y : 0.0f,
                         winner.z == place ? dy.z : 0.0f, winner.w == place ? dy.w : 0.0f);
    };
    p.to[((channel * p.rows.size + row) * p.columns.size + column) * p.quads + quad] =
        gathered(p, channel, row, column, quad, won);
  });
}

BB_KERNEL(kThreads) average_pool_kernel(const PoolParameters p) {
  for_pixels(p, p.rows.out, p.columns.out, [&](int64_t channel, int row, int column, uint32_t quad) {
    const Span rows = pixels_of(p.rows, row);
    const Span columns = pixels_of(p.columns, column);
    // Row by row: large windows round less than in one long sum.
    float4 sum = {0, 0, 0, 0};
    for (int r = rows.begin; r < rows.end; ++r) {
      const float4* const line = p.from + (channel * p.rows.size + r) * p.columns.size * p.quads + quad;
      float4 of_row = {0, 0, 0, 0};
#pragma unroll 8
      for (int c = columns.begin; c < columns.end; ++c)
        of_row = sum_of(of_row, line[static_cast<int64_t>(c) * p.quads]);
      sum = sum_of(sum, of_row);
    }
    p.to[((channel * p.rows.out + row) * p.columns.out + column) * p.quads + quad] = quotient(sum, p.divisor);
  });
}

BB_KERNEL(kThreads) average_pool_gradient_kernel(const PoolParameters p) {
  for_pixels(p, p.rows.size, p.columns.size, [&](int64_t channel, int row, int column, uint32_t quad) {
    p.to[((channel * p.rows.size + row) * p.columns.size + column) * p.quads + quad] =
        gathered(p, channel, row, column, quad, [&](int64_t at, int, int) { return p.from[at]; });
  });
}

#else

namespace {

PoolAxis pool_axis(const ConvAxis& axis) {
  const auto narrow = [](int64_t value) { return static_cast<int>(value); };
  return {narrow(axis.size), narrow(axis.kernel), narrow(axis.stride), narrow(axis.padding), narrow(axis.out())};
}

// The narrowest that can name every pixel of a window.
int place_bytes(const PoolShape& shape) {
  if (shape.most_pixels() <= int64_t{1} << 8) return 1;
  return shape.most_pixels() <= int64_t{1} << 16 ? 2 : 4;
}

PoolParameters pool_parameters(const PoolShape& shape, const float* from, float* to, float divisor) {
  return {pool_axis(shape.rows),
          pool_axis(shape.columns),
          static_cast<uint32_t>(batch_stride(shape.batch) / 4),
          static_cast<int>(shape.most_columns()),
          0,
          divisor,
          reinterpret_cast<const float4*>(from),
          reinterpret_cast<float4*>(to),
          nullptr};
}

// A block or more for each row of pixels, of whole warps.
Grid grid_of_rows(int64_t rows, int64_t columns, uint32_t quads) {
  const int64_t threads = std::min<int64_t>(ceil_divide(columns * quads, kWarp) * kWarp, kThreads);
  return {rows, static_cast<unsigned>(threads), 0,
          static_cast<unsigned>(std::min<int64_t>(ceil_divide(columns * quads, threads), 65535))};
}

Grid grid_of_outputs(const PoolShape& shape, const PoolParameters& p) {
  return grid_of_rows(shape.channels * p.rows.out, p.columns.out, p.quads);
}

Grid grid_of_inputs(const PoolShape& shape, const PoolParameters& p) {
  return grid_of_rows(shape.channels * p.rows.size, p.columns.size, p.quads);
}

}  // namespace

int64_t CudaBackend::winner_bytes(const PoolShape& shape) const {
  return shape.channels * shape.out_pixels() * batch_stride(shape.batch) * place_bytes(shape);
}

void CudaBackend::max_pool2d(const PoolShape& shape, const float* x, float* y, void* winners) {
  PoolParameters p = pool_parameters(shape, x, y, 1);
  p.winners = winners;
  p.place_bytes = winners ? place_bytes(shape) : 0;
  run({"pooling", "max_pool_kernel"}, grid_of_outputs(shape, p), p);
}

void CudaBackend::max_pool2d_gradient(const PoolShape& shape, const float* dy, const void* winners, float* dx) {
  PoolParameters p = pool_parameters(shape, dy, dx, 1);
  p.winners = const_cast<void*>(winners);
  p.place_bytes = place_bytes(shape);
  run({"pooling", "max_pool_gradient_kernel"}, grid_of_inputs(shape, p), p);
}

void CudaBackend::average_pool2d(const PoolShape& shape, const float* x, float* y) {
  const PoolParameters p = pool_parameters(shape, x, y, static_cast<float>(shape.taps()));
  run({"pooling", "average_pool_kernel"}, grid_of_outputs(shape, p), p);
}

void CudaBackend::average_pool2d_gradient(const PoolShape& shape, const float* dy, float* dx) {
  const PoolParameters p = pool_parameters(shape, dy, dx, static_cast<float>(shape.taps()));
  run({"pooling", "average_pool_gradient_kernel"}, grid_of_inputs(shape, p), p);
}

#endif

}  // namespace bayesbinn::cuda
