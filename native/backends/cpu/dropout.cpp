// Masks are bytes, [features][stride] as the activations.
#include <algorithm>

#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/philox_vector.h"
#include "base/scalar_math.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

constexpr int64_t kFeatureBlock = 32;

// Keep where u >= rate.
uint8_t keep(uint32_t word, float rate) { return uniform_from_bits(word) >= rate; }

// Four features of a sample share a block of draws: their rows of the mask.
void draw_four_rows(const Draw& draw, float rate, int64_t features, int64_t first, int64_t batch, int64_t stride,
                    uint8_t* mask) {
  constexpr int64_t kAtOnce = 64;
  alignas(64) uint64_t words[4][kAtOnce];
  for (int64_t b = 0; b < batch; b += kAtOnce) {
    const int64_t count = std::min(kAtOnce, batch - b);
    draw_words(draw, static_cast<uint32_t>((b * features + first) / 4), static_cast<uint32_t>(features / 4), count,
               {words[0], words[1], words[2], words[3]});
    for (int64_t row = 0; row < 4; ++row) {
      uint8_t* __restrict out = mask + (first + row) * stride + b;
      for (int64_t i = 0; i < count; ++i) out[i] = keep(static_cast<uint32_t>(words[row][i]), rate);
    }
  }
}

// The mask of features begin..end.
void draw_rows(const Draw& draw, float rate, int64_t features, int64_t begin, int64_t end, int64_t batch,
               uint8_t* mask) {
  const int64_t stride = batch_stride(batch);
  if (features % 4 == 0) {
    for (int64_t f = begin; f < end; f += 4) draw_four_rows(draw, rate, features, f, batch, stride, mask);
    return;
  }
  for (int64_t f = begin; f < end; ++f) {
    for (int64_t b = 0; b < batch; ++b) {
      const int64_t element = b * features + f;
      mask[f * stride + b] = keep(draw_block(draw, static_cast<uint32_t>(element / 4)).word[element % 4], rate);
    }
  }
}

void drop(const float* __restrict x, const uint8_t* __restrict kept, double rate, int64_t begin, int64_t end,
          float* __restrict y) {
  const auto scale = static_cast<float>(1 / (1 - rate));
  // By a mask of bits, not by a product: what is dropped is 0 even where it was Inf or NaN.
  for (int64_t i = begin; i < end; ++i)
    y[i] = float_from_bits(bits_from_float(x[i] * scale) & -static_cast<int32_t>(kept[i]));
}

}  // namespace

int64_t CpuBackend::mask_bytes(int64_t features, int64_t batch) const { return features * batch_stride(batch); }

void CpuBackend::draw_dropout(const Draw& draw, Tensor x, double rate, void* mask, Tensor y, int64_t batch) {
  const int64_t stride = batch_stride(batch);
  in_blocks(x.features, kFeatureBlock, [&](int64_t begin, int64_t end) {
    draw_rows(draw, static_cast<float>(rate), x.features, begin, end, batch, static_cast<uint8_t*>(mask));
    drop(x.data, static_cast<const uint8_t*>(mask), rate, begin * stride, end * stride, y.data);
  });
}

void CpuBackend::import_dropout_mask(const uint8_t* host, int64_t features, int64_t batch, void* mask) {
  const int64_t stride = batch_stride(batch);
  auto* out = static_cast<uint8_t*>(mask);
  for (int64_t f = 0; f < features; ++f) {
    for (int64_t b = 0; b < batch; ++b) out[f * stride + b] = host[b * features + f] != 0;
  }
}

void CpuBackend::dropout(Tensor x, const void* mask, double rate, Tensor y, int64_t batch) {
  const int64_t stride = batch_stride(batch);
  in_blocks(x.features, kFeatureBlock, [&](int64_t begin, int64_t end) {
    drop(x.data, static_cast<const uint8_t*>(mask), rate, begin * stride, end * stride, y.data);
  });
}

}  // namespace bayesbinn::BAYESBINN_ISA
