// Dense products, cut into blocks of output rows. The weight gradient's blocks stay in cache and are consumed at once.
#include <algorithm>
#include <vector>

#include "backends/cpu/channel_sums.h"
#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/element_blocks.h"
#include "backends/cpu/packed/pack.h"
#include "backends/cpu/sgemm.h"
#include "base/ceil_divide.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// Rows of a product that one call of sgemm computes: enough to hide that it packs both operands anew, few enough for
// several threads. Layers of a hundred units are cut in two.
constexpr int64_t kRowBlock = 256;
constexpr int64_t kSmallBlock = 64;
// A block of the weight gradient: 288 KiB, which stay in a usual second-level cache until the update has read them.
constexpr int64_t kGradientRows = 144;
constexpr int64_t kGradientColumns = 512;
// Signs of the next step that a thread keeps until whole rows are there to be packed.
constexpr int64_t kSignBytes = 1 << 20;

// Even blocks of up to `largest` rows.
int64_t row_block(int64_t rows, int64_t largest) {
  const int64_t limit = rows < 8 * kSmallBlock ? kSmallBlock : largest;
  return ceil_divide(rows, ceil_divide(rows, limit));
}

}  // namespace

void CpuBackend::linear(const LinearShape& shape, const float* x, Weights weights, const float* bias, float* y) {
  const Timed timed(profile, Part::forward);
  if (weights.packed) {
    const PackedLayout layout({shape.out, shape.in, 1});
    packed_product(layout.forward, layout.forward_codes(weights.packed, 0), x, bias, shape.batch, y);
    return;
  }
  const int64_t stride = batch_stride(shape.batch);
  in_blocks(shape.out, row_block(shape.out, kRowBlock), [&](int64_t begin, int64_t end) {
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
  in_blocks(shape.in, row_block(shape.in, kRowBlock), [&](int64_t begin, int64_t end) {
    sgemm(end - begin, shape.batch, shape.out, {weights.values + begin, shape.in, Transpose::yes},
          {dy, stride, Transpose::no}, dx + begin * stride, stride);
  });
}

void CpuBackend::linear_weight_gradient(const LinearShape& shape, const float* dy, const float* x,
                                        const GradientTarget& target) {
  TimedInTurns timed(profile, Part::weight_gradient, Part::update);
  const int64_t stride = batch_stride(shape.batch);
  const int64_t wanted = std::min(row_block(shape.out, kGradientRows), std::max<int64_t>(1, kSignBytes / shape.in));
  const bool packed = target.segment->packed != nullptr;
  const int64_t rows = packed ? pack_rows_near(PackedLayout(target.segment->shape), wanted) : wanted;
  const int64_t width = std::min(shape.in, kGradientColumns);
  in_blocks(shape.out, rows, [&](int64_t begin, int64_t end) {
    thread_local std::vector<float> block;
    block.resize(static_cast<size_t>((end - begin) * width));
    uint8_t* const signs = draws_next(target) ? sign_space((end - begin) * shape.in) : nullptr;
    for (int64_t left = 0; left < shape.in; left += width) {
      const int64_t columns = std::min(width, shape.in - left);
      const auto start = Profile::Clock::now();
      sgemm(end - begin, columns, shape.batch, {dy + begin * stride, stride, Transpose::no},
            {x + left * stride, stride, Transpose::yes}, block.data(), columns);
      const auto middle = Profile::Clock::now();
      for (int64_t row = begin; row < end; ++row) {
        // Rows of a block are far apart, which the processor's own prefetching does not see.
        if (row + 1 < end) prefetch_span(target, (row + 1) * shape.in + left, columns);
        consume_span(target, row * shape.in + left, block.data() + (row - begin) * columns, columns,
                     signs ? signs + (row - begin) * shape.in + left : nullptr);
      }
      timed.add(start, middle, Profile::Clock::now());
    }
    if (!signs) return;
    const auto start = Profile::Clock::now();
    place_signs(target, begin * shape.in, (end - begin) * shape.in, signs);
    timed.add(start, start, Profile::Clock::now());
  });
}

void CpuBackend::bias_gradient(const ChannelBatch& shape, const float* dy, const GradientTarget& target) {
  const int64_t stride = batch_stride(shape.batch);
  const auto [channels, spatial] = shape.shape;
  std::vector<float> gradient(static_cast<size_t>(channels));
  in_blocks(channels, std::min(kRowBlock, channel_block(spatial * stride)),
            [&, spatial = spatial](int64_t begin, int64_t end) {
              for (int64_t c = begin; c < end; ++c) {
                const float* const of_channel = dy + c * spatial * stride;
                const auto [sum] = channel_sums<1>(shape, [&](int64_t i, FourDoubles* sums) {
                  sums[0] += __builtin_convertvector(load_four(of_channel + i), FourDoubles);
                });
                gradient[static_cast<size_t>(c)] = static_cast<float>(sum);
              }
            });
  consume_gradient(target, 0, gradient.data(), channels);
}

}  // namespace bayesbinn::BAYESBINN_ISA
