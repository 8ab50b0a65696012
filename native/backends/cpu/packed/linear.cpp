// Linear layers with packed weights: the forward product and the input gradient are the same walk over one of the two
// arrangements of the codes.
#include <algorithm>

#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/packed/lookup.h"
#include "backends/cpu/scratch.h"
#include "base/ceil_divide.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// Outputs of a task: enough to pay for the tables, which every task builds for itself.
constexpr int64_t kOutputBlock = 1024;

// y[begin..end) for the samples at x and y, whose features lie `stride` floats apart.
template <int bits, int64_t samples>
void product(const CodeLayout& layout, const uint16_t* codes, const float* x, const float* bias, int64_t begin,
             int64_t end, int64_t stride, float* y) {
  static thread_local Scratch table_space, sum_space;
  const int64_t outputs = end - begin;
  float* const tables = table_space.floats(kChunk * (kSamples << bits));
  float* const sums = sum_space.floats(outputs * kSamples);
  for (int64_t chunk = 0; chunk < layout.chunks; ++chunk) {
    build_chunk<bits, samples>(layout, chunk, x, stride, tables);
    const uint16_t* const of_chunk = codes + (chunk * layout.outputs + begin) * kChunk;
    if (chunk == 0) {
      look_up<bits, true, kChunk, samples>(tables, of_chunk, outputs, sums);
    } else {
      look_up<bits, false, kChunk, samples>(tables, of_chunk, outputs, sums);
    }
  }
  for (int64_t o = 0; o < outputs; ++o) {
    const float shift = bias ? bias[begin + o] : 0.0f;
    float* __restrict to = y + (begin + o) * stride;
    for (int64_t s = 0; s < samples; ++s) to[s] = sums[o * kSamples + s] + shift;
  }
}

}  // namespace

void CpuBackend::packed_product(const CodeLayout& layout, const uint16_t* codes, const float* x, const float* bias,
                                int64_t batch, float* y) {
  const int64_t stride = batch_stride(batch);
  const int64_t blocks = ceil_divide(layout.outputs, kOutputBlock);
  const int64_t block = ceil_divide(layout.outputs, blocks);
  const int64_t sample_blocks = ceil_divide(batch, kSamples);
  in_blocks(blocks * sample_blocks, 1, [&](int64_t task, int64_t) {
    const int64_t begin = task / sample_blocks * block;
    const int64_t end = std::min(begin + block, layout.outputs);
    const int64_t sample = task % sample_blocks * kSamples;
    with_bits(layout.bits, [&]<int bits>() {
      with_samples(batch - sample, [&]<int64_t samples>() {
        product<bits, samples>(layout, codes, x + sample, bias, begin, end, stride, y + sample);
      });
    });
  });
}

}  // namespace bayesbinn::BAYESBINN_ISA
