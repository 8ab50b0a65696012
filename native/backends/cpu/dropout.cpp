// Masks are bytes, [features][stride] as the activations.
#include "backends/cpu/cpu_backend.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

constexpr int64_t kFeatureBlock = 32;

// Keep where u >= rate.
uint8_t keep(uint32_t word, float rate) { return uniform_from_bits(word) >= rate; }

}  // namespace

int64_t CpuBackend::mask_bytes(int64_t features, int64_t batch) const { return features * batch_stride(batch); }

void CpuBackend::draw_dropout_mask(const Draw& draw, double rate, int64_t features, int64_t batch, void* mask) {
  const int64_t stride = batch_stride(batch);
  const auto threshold = static_cast<float>(rate);
  auto* out = static_cast<uint8_t*>(mask);
  in_blocks(features, kFeatureBlock, [&](int64_t begin, int64_t end) {
    if (features % 4 == 0) {
      // Four features of a sample share a block of draws.
      for (int64_t f = begin; f < end; f += 4) {
        uint8_t* __restrict rows = out + f * stride;
        for (int64_t b = 0; b < batch; ++b) {
          const PhiloxBlock words = draw_block(draw, static_cast<uint32_t>((b * features + f) / 4));
          rows[b] = keep(words.word[0], threshold);
          rows[stride + b] = keep(words.word[1], threshold);
          rows[2 * stride + b] = keep(words.word[2], threshold);
          rows[3 * stride + b] = keep(words.word[3], threshold);
        }
      }
      return;
    }
    for (int64_t f = begin; f < end; ++f) {
      for (int64_t b = 0; b < batch; ++b) {
        const int64_t element = b * features + f;
        out[f * stride + b] = keep(draw_block(draw, static_cast<uint32_t>(element / 4)).word[element % 4], threshold);
      }
    }
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
  const auto scale = static_cast<float>(1 / (1 - rate));
  in_blocks(x.features, kFeatureBlock, [&](int64_t begin, int64_t end) {
    const float* __restrict in = x.data;
    const uint8_t* __restrict kept = static_cast<const uint8_t*>(mask);
    float* __restrict out = y.data;
    for (int64_t i = begin * stride; i < end * stride; ++i) out[i] = kept[i] ? in[i] * scale : 0.0f;
  });
}

}  // namespace bayesbinn::BAYESBINN_ISA
