// Dense products, cut into blocks of output rows. The weight gradient's blocks stay in cache and are consumed at once.
#include <algorithm>
#include <vector>

#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/packed/pack.h"
#include "backends/cpu/reductions.h"
#include "backends/cpu/sgemm.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// Rows of a product that one call of sgemm computes: enough to hide its packing, few enough for several threads.
constexpr int64_t kRowBlock = 256;
// Weights of a gradient block: 512 KiB, half of a usual second-level cache.
constexpr int64_t kGradientBlock = 131072;

}  // namespace

void CpuBackend::linear(const LinearShape& shape, const float* x, Weights weights, const float* bias, float* y) {
  const Timed timed(profile, Part::forward);
  if (weights.packed) {
    const PackedLayout layout({shape.out, shape.in, 1});
    packed_product(layout.forward, layout.forward_codes(weights.packed, 0), x, bias, shape.batch, y);
    return;
  }
  const int64_t stride = batch_stride(shape.batch);
  in_blocks(shape.out, kRowBlock, [&](int64_t begin, int64_t end) {
    sgemm(end - begin, shape.batch, shape.in, {weights.values + begin * shape.in, shape.in, Transpose::no},
          {x, stride, Transpose::no}, y + begin * stride, stride);
    if (!bias) return;
    for (int64_t o = begin; o < end; ++o) {
      for (int64_t b = 0; b < shape.batch; ++b) y[o * stride + b] += bias[o];
    }
  });
}

void CpuBackend::linear_input_gradient(const LinearShape& shape, const float* dy, Weights weights, float* dx) {
  const Timed timed(profile, Part::input_gradient);
  if (weights.packed) {
    const PackedLayout layout({shape.out, shape.in, 1});
    packed_product(layout.backward, layout.backward_codes(weights.packed, 0), dy, nullptr, shape.batch, dx);
    return;
  }
  const int64_t stride = batch_stride(shape.batch);
  in_blocks(shape.in, kRowBlock, [&](int64_t begin, int64_t end) {
    sgemm(end - begin, shape.batch, shape.out, {weights.values + begin, shape.in, Transpose::yes},
          {dy, stride, Transpose::no}, dx + begin * stride, stride);
  });
}

void CpuBackend::linear_weight_gradient(const LinearShape& shape, const float* dy, const float* x,
                                        const GradientTarget& target) {
  const int64_t stride = batch_stride(shape.batch);
  TimedInTurns timed(profile, Part::weight_gradient, Part::update);
  const int64_t wanted = std::max<int64_t>(1, kGradientBlock / shape.in);
  const bool packed = target.segment && target.segment->packed;
  const int64_t rows = packed ? pack_rows_near(PackedLayout(target.segment->shape), wanted) : wanted;
  in_blocks(shape.out, rows, [&](int64_t begin, int64_t end) {
    thread_local std::vector<float> block;
    block.resize(static_cast<size_t>((end - begin) * shape.in));
    const auto start = Profile::Clock::now();
    sgemm(end - begin, shape.in, shape.batch, {dy + begin * stride, stride, Transpose::no}, {x, stride, Transpose::yes},
          block.data(), shape.in);
    const auto middle = Profile::Clock::now();
    consume_gradient(target, begin * shape.in, block.data(), (end - begin) * shape.in);
    timed.add(start, middle, Profile::Clock::now());
  });
}

void CpuBackend::bias_gradient(const ChannelBatch& shape, const float* dy, const GradientTarget& target) {
  const int64_t stride = batch_stride(shape.batch);
  const auto [channels, spatial] = shape.shape;
  std::vector<float> gradient(static_cast<size_t>(channels));
  in_blocks(channels, kRowBlock, [&, spatial = spatial](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      double sum = 0;
      for (int64_t s = 0; s < spatial; ++s) sum += sum_of(dy + (c * spatial + s) * stride, shape.batch);
      gradient[static_cast<size_t>(c)] = static_cast<float>(sum);
    }
  });
  consume_gradient(target, 0, gradient.data(), channels);
}

}  // namespace bayesbinn::BAYESBINN_ISA
