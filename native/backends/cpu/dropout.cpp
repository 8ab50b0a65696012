// Masks are bytes, [channels][stride]: a flag stands for all positions of its channel. Plain dropout has a channel a
// value.
#include <algorithm>

#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/philox_vector.h"
#include "base/scalar_math.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// Channels of a block: whole groups of four, which share their draws.
int64_t channel_block(const ChannelShape& shape) { return shape.spatial == 1 ? 32 : 4; }

// Values that the flags of a small batch are repeated for.
constexpr int64_t kRepeated = 256;

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

// out[i] = in[i] scale where kept. By a mask of bits, not by a product: what is dropped is 0 even where it was Inf or NaN.
void drop_run(const float* __restrict in, float scale, const uint8_t* __restrict kept, int64_t count,
              float* __restrict out) {
  for (int64_t i = 0; i < count; ++i)
    out[i] = float_from_bits(bits_from_float(in[i] * scale) & -static_cast<int32_t>(kept[i]));
}

// The channels begin..end-1.
void drop(const ChannelBatch& shape, const float* x, const uint8_t* mask, double rate, int64_t begin, int64_t end,
          float* y) {
  const int64_t stride = batch_stride(shape.batch);
  const int64_t spatial = shape.shape.spatial;
  const auto scale = static_cast<float>(1 / (1 - rate));
  if (spatial == 1)
    return drop_run(x + begin * stride, scale, mask + begin * stride, (end - begin) * stride, y + begin * stride);
  for (int64_t c = begin; c < end; ++c) {
    const uint8_t* kept = mask + c * stride;
    // Short runs take long: the flags of a small batch over and over.
    uint8_t repeated[kRepeated];
    const int64_t period = stride < kBatchMultiple ? kRepeated : stride;
    if (stride < kBatchMultiple) {
      for (int64_t i = 0; i < kRepeated; ++i) repeated[i] = kept[i % stride];
      kept = repeated;
    }
    const int64_t values = spatial * stride;
    for (int64_t i = 0; i < values; i += period) {
      const int64_t at = c * values + i;
      drop_run(x + at, scale, kept, std::min(period, values - i), y + at);
    }
  }
}

}  // namespace

int64_t CpuBackend::mask_bytes(int64_t flags, int64_t batch) const { return flags * batch_stride(batch); }

void CpuBackend::draw_dropout(const Draw& draw, const ChannelBatch& shape, const float* x, double rate, void* mask,
                              float* y) {
  auto* const kept = static_cast<uint8_t*>(mask);
  in_blocks(shape.shape.channels, channel_block(shape.shape), [&](int64_t begin, int64_t end) {
    draw_rows(draw, static_cast<float>(rate), shape.shape.channels, begin, end, shape.batch, kept);
    drop(shape, x, kept, rate, begin, end, y);
  });
}

void CpuBackend::import_dropout_mask(const uint8_t* host, int64_t flags, int64_t batch, void* mask) {
  const int64_t stride = batch_stride(batch);
  auto* out = static_cast<uint8_t*>(mask);
  for (int64_t f = 0; f < flags; ++f) {
    for (int64_t b = 0; b < batch; ++b) out[f * stride + b] = host[b * flags + f] != 0;
  }
}

void CpuBackend::dropout(const ChannelBatch& shape, const float* x, const void* mask, double rate, float* y) {
  in_blocks(shape.shape.channels, channel_block(shape.shape), [&](int64_t begin, int64_t end) {
    drop(shape, x, static_cast<const uint8_t*>(mask), rate, begin, end, y);
  });
}

}  // namespace bayesbinn::BAYESBINN_ISA
