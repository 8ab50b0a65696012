// Linear layers and convolutions, forward and to the gradients of their inputs.
#include <bit>

#include "backends/cuda/cuda_backend.h"
#include "backends/cuda/device/kernel.h"
#include "backends/cuda/device/product.h"
#include "backends/cuda/device/sign_tile.h"

namespace bayesbinn::cuda {

// Bits of weights [outputs][inputs][taps] to rows [inputs], each in words of its own, of [outputs][taps].
struct SignTransposeParameters {
  const uint32_t* from;
  uint32_t* to;
  int64_t inputs, taps, depth;  // depth: outputs times taps
  int64_t row_groups, words;    // 32 rows, and words of a row
};

#ifdef __CUDACC__

template <class Tile>
__device__ __forceinline__ void sign_product(const ProductParameters& p) {
#if __CUDA_ARCH__ >= 800
  if (p.terms == 3) {
    block_product<Tile, SignTile<Tile, 3>>(p);
  } else if (p.terms == 2) {
    block_product<Tile, SignTile<Tile, 2>>(p);
  } else {
    block_product<Tile, SignTile<Tile, 1>>(p);
  }
#else
  block_product<Tile, SignTile<Tile, 0>>(p);
#endif
}

BB_KERNEL(kThreads) sign_product_128x64_kernel(const ProductParameters p) { sign_product<SignTile128x64>(p); }
BB_KERNEL(kThreads) sign_product_64x128_kernel(const ProductParameters p) { sign_product<SignTile64x128>(p); }
BB_KERNEL(kThreads) sign_product_64x32_kernel(const ProductParameters p) { sign_product<SignTile64x32>(p); }
BB_KERNEL(kThreads) sign_product_64x16_kernel(const ProductParameters p) { sign_product<SignTile64x16>(p); }

// A warp does a word of 32 rows: a lane reads the bits of one k.
BB_KERNEL(kThreads) sign_transpose_kernel(const SignTransposeParameters p) {
  const int64_t warp = thread_index() / kWarp;
  if (warp >= p.row_groups * p.words) return;
  const int64_t first_row = warp % p.row_groups * kWarp, word = warp / p.row_groups;
  const int64_t k = word * 32 + lane_index();
  int64_t bit = (k / p.taps * p.inputs + first_row) * p.taps + k % p.taps;
  int64_t have = -1;
  uint32_t bits = 0, mine = 0;
  for (int row = 0; row < kWarp; ++row, bit += p.taps) {
    const bool inside = k < p.depth && first_row + row < p.inputs;
    if (inside && bit / 32 != have) {
      have = bit / 32;
      bits = p.from[have];
    }
    const uint32_t all = __ballot_sync(0xffffffffu, inside && (bits >> (bit % 32) & 1));
    if (row == lane_index()) mine = all;
  }
  if (first_row + lane_index() < p.inputs) p.to[(first_row + lane_index()) * p.words + word] = mine;
}

#else

namespace {

enum class Direction { forward, backward };

int terms_of(Precision precision) {
  return precision == Precision::float32 ? 3 : precision == Precision::bf16x2 ? 2 : 1;
}

ConvShape as_convolution(const LinearShape& shape) {
  const ConvAxis one = {1, 1, 1, 0};
  return {shape.batch, shape.in, shape.out, one, one};
}

ProductAxis product_axis(const ConvAxis& axis, Direction direction) {
  const bool forward = direction == Direction::forward;
  const auto number = [](int64_t value) { return static_cast<uint32_t>(value); };
  const uint32_t stride = number(axis.stride);
  return {number(forward ? axis.size : axis.out()),
          number(forward ? axis.out() : axis.size),
          number(axis.kernel),
          stride,
          number(axis.padding),
          std::has_single_bit(stride) ? std::countr_zero(stride) : -1};
}

// Weights are missing still.
ProductParameters product_parameters(const ConvShape& shape, Direction direction, const float* x, const float* bias,
                                     float* y) {
  const bool forward = direction == Direction::forward;
  const auto stride = batch_stride(shape.batch);
  ProductParameters p = {};
  p.x = x;
  p.bias = bias;
  p.y = y;
  p.columns = (forward ? shape.out_pixels() : shape.in_pixels()) * stride;
  p.rows = static_cast<int>(forward ? shape.out : shape.in);
  p.channels = static_cast<int>(forward ? shape.in : shape.out);
  p.taps = static_cast<int>(shape.taps());
  p.depth = p.channels * p.taps;
  p.stride = static_cast<int>(stride);
  p.backward = !forward;
  p.y_axis = product_axis(shape.rows, direction);
  p.x_axis = product_axis(shape.columns, direction);
  return p;
}

struct ProductKernel {
  KernelName name;
  Grid grid;
};

template <class Tile>
int64_t tiles(const ProductParameters& p) {
  return ceil_divide(p.rows, Tile::kRows) * ceil_divide(p.columns, Tile::kColumns);
}

template <class Tile>
ProductKernel product_kernel(const char* file, const char* kernel, ProductParameters& p, int left_words, bool ampere) {
  const auto taps = static_cast<uint32_t>(p.taps);
  p.step_channels = Tile::kSourceRows / taps;
  p.step_kernel_rows = Tile::kSourceRows % taps / p.x_axis.kernel;
  p.step_kernel_columns = Tile::kSourceRows % taps % p.x_axis.kernel;
  return {{file, kernel},
          {tiles<Tile>(p), Tile::kTileThreads, static_cast<unsigned>(product_shared_bytes<Tile>(left_words, ampere))}};
}

// Large tiles read less, small ones keep the device busy.
constexpr int64_t kEnoughTiles = 120;

// Gives the parameters what depends on the tile.
ProductKernel sign_kernel(ProductParameters& p, bool ampere) {
  const auto kernel = [&]<class Tile>(Tile, const char* name) {
    return product_kernel<Tile>("product", name, p, kSignWords<Tile>, ampere);
  };
  if (tiles<SignTile128x64>(p) >= kEnoughTiles) {
    const int64_t halves = ceil_divide(p.rows, SignTile64x128::kRows);
    if (halves % 2 == 1 && halves < 6) return kernel(SignTile64x128(), "sign_product_64x128_kernel");
    return kernel(SignTile128x64(), "sign_product_128x64_kernel");
  }
  if (tiles<SignTile64x32>(p) >= kEnoughTiles) return kernel(SignTile64x32(), "sign_product_64x32_kernel");
  return kernel(SignTile64x16(), "sign_product_64x16_kernel");
}

ProductKernel float_kernel(ProductParameters& p, bool ampere) {
  const auto kernel = [&]<class Tile>(Tile, const char* name) {
    return product_kernel<Tile>("float_product", name, p, kFloatWords<Tile>, ampere);
  };
  if (tiles<FloatTile128x64>(p) >= kEnoughTiles && p.rows > FloatTile64x32::kRows) {
    return kernel(FloatTile128x64(), "float_product_128x64_kernel");
  }
  return kernel(FloatTile64x32(), "float_product_64x32_kernel");
}

ProductKernel with_floats(ProductParameters& p, const float* weights, Direction direction, bool ampere) {
  p.weights = weights;
  p.whole_rows = direction == Direction::forward;
  p.row_step = p.whole_rows ? p.depth : p.taps;
  p.channel_step = p.whole_rows ? p.taps : static_cast<int64_t>(p.rows) * p.taps;
  p.quads = p.depth % 4 == 0 && reinterpret_cast<uintptr_t>(weights) % 16 == 0;
  return float_kernel(p, ampere);
}

// Rows of words, as sign_transpose_kernel writes them.
int64_t transposed_words(const ConvShape& shape) { return shape.in * bit_words(shape.out * shape.taps()); }

}  // namespace

void CudaBackend::linear(const LinearShape& shape, const float* x, Weights weights, const float* bias, float* y) {
  conv2d(as_convolution(shape), x, weights, bias, y);
}

void CudaBackend::linear_input_gradient(const LinearShape& shape, const float* dy, Weights weights, float* dx) {
  conv2d_input_gradient(as_convolution(shape), dy, weights, nullptr, dx);
}

void CudaBackend::conv2d(const ConvShape& shape, const float* x, Weights weights, const float* bias, float* y) {
  ProductParameters p = product_parameters(shape, Direction::forward, x, bias, y);
  ProductKernel kernel;
  if (weights.packed) {
    p.weights = weights.packed;
    p.row_step = p.depth;
    p.words = bit_words(shape.out * p.row_step);
    p.terms = terms_of(precision_);
    kernel = sign_kernel(p, device_->ampere());
  } else {
    kernel = with_floats(p, weights.values, Direction::forward, device_->ampere());
  }
  run(kernel.name, kernel.grid, p);
}

void CudaBackend::conv2d_input_gradient(const ConvShape& shape, const float* dy, Weights weights, const float* bias,
                                        float* dx) {
  ProductParameters p = product_parameters(shape, Direction::backward, dy, bias, dx);
  ProductKernel kernel;
  if (weights.packed) {
    auto* const rows = scratch<uint32_t>(ScratchUse::product, transposed_words(shape));
    const int64_t words = bit_words(p.depth), groups = ceil_divide(shape.in, kWarp);
    run({"product", "sign_transpose_kernel"}, {ceil_divide(groups * words * kWarp, kThreads), kThreads},
        SignTransposeParameters{static_cast<const uint32_t*>(weights.packed), rows, shape.in, shape.taps(), p.depth,
                                groups, words});
    p.weights = rows;
    p.row_step = 32 * words;
    p.words = transposed_words(shape);
    p.terms = terms_of(precision_);
    kernel = sign_kernel(p, device_->ampere());
  } else {
    kernel = with_floats(p, weights.values, Direction::backward, device_->ampere());
  }
  run(kernel.name, kernel.grid, p);
}

int64_t CudaBackend::conv2d_scratch_bytes(const ConvShape& shape) const {
  return transposed_words(shape) * static_cast<int64_t>(sizeof(uint32_t));
}

#endif

}  // namespace bayesbinn::cuda
