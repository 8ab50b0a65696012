// The gradient of a bias: the sum of dY over samples and positions, in double as on the CPU. A warp sums a part of a
// channel; where there are several parts, a second kernel adds them up, a warp a channel.
#include <algorithm>

#include "backends/cuda/cuda_backend.h"
#include "backends/cuda/device/kernel.h"
#include "backends/cuda/device/quad.h"
#include "base/ceil_divide.h"

namespace bayesbinn::cuda {

// A channel is `quads` times four values, a row of samples `row_quads`.
struct BiasGradientParameters {
  const float4* dy;
  float* gradient;  // in use with one part
  double* sums;     // [channels][parts]
  int64_t channels, quads, parts, part_quads;
  uint32_t row_quads, batch;
};

#ifdef __CUDACC__

// To the first lane, in a fixed tree.
__device__ __forceinline__ double warp_sum(double value) {
  for (int offset = kWarp / 2; offset > 0; offset /= 2) value += __shfl_down_sync(0xffffffffu, value, offset);
  return value;
}

BB_KERNEL(kThreads) bias_gradient_kernel(const BiasGradientParameters p) {
  const int64_t warp = thread_index() / kWarp;
  if (warp >= p.channels * p.parts) return;
  const int64_t channel = warp / p.parts;
  const int64_t begin = warp % p.parts * p.part_quads;
  const int64_t end = min(p.quads, begin + p.part_quads);
  const float4* const dy = p.dy + channel * p.quads;
  const uint32_t turn = kWarp % p.row_quads;
  auto place = static_cast<uint32_t>((begin + lane_index()) % p.row_quads);  // within the row
  double sum[4] = {};
#pragma unroll 4
  for (int64_t i = begin + lane_index(); i < end; i += kWarp) {
    const float4 quad = dy[i];
    const uint32_t sample = 4 * place;
    sum[0] += sample < p.batch ? quad.x : 0.0f;
    sum[1] += sample + 1 < p.batch ? quad.y : 0.0f;
    sum[2] += sample + 2 < p.batch ? quad.z : 0.0f;
    sum[3] += sample + 3 < p.batch ? quad.w : 0.0f;
    place += turn;
    if (place >= p.row_quads) place -= p.row_quads;
  }
  const double total = warp_sum((sum[0] + sum[1]) + (sum[2] + sum[3]));
  if (lane_index() != 0) return;
  if (p.parts > 1) {
    p.sums[warp] = total;
  } else {
    p.gradient[channel] = static_cast<float>(total);
  }
}

BB_KERNEL(kThreads) bias_gradient_sum_kernel(const BiasGradientParameters p) {
  const int64_t channel = thread_index() / kWarp;
  if (channel >= p.channels) return;
  double sum = 0;
  for (int64_t part = lane_index(); part < p.parts; part += kWarp) sum += p.sums[channel * p.parts + part];
  sum = warp_sum(sum);
  if (lane_index() == 0) p.gradient[channel] = static_cast<float>(sum);
}

#else

namespace {

// Warps that keep a device busy, and what each has to do at least: eight accesses a thread.
constexpr int64_t kWantedWarps = 8192;
constexpr int64_t kPartQuads = 8 * kWarp;

Grid one_warp_each(int64_t count) { return {ceil_divide(count * kWarp, kThreads), kThreads}; }

}  // namespace

void CudaBackend::bias_gradient(const ChannelBatch& shape, const float* dy, const GradientTarget& target) {
  const auto [channels, spatial] = shape.shape;
  const int64_t row_quads = batch_stride(shape.batch) / 4;
  const int64_t quads = spatial * row_quads;
  const int64_t most = std::min(ceil_divide(kWantedWarps, channels), quads / kPartQuads);
  const int64_t part_quads = ceil_divide(quads, std::max<int64_t>(1, most));
  const int64_t parts = ceil_divide(quads, part_quads);
  float* const gradient = scratch<float>(ScratchUse::channel_gradients, channels);
  const BiasGradientParameters p = {reinterpret_cast<const float4*>(dy),
                                    gradient,
                                    parts > 1 ? scratch<double>(ScratchUse::sums, channels * parts) : nullptr,
                                    channels,
                                    quads,
                                    parts,
                                    part_quads,
                                    static_cast<uint32_t>(row_quads),
                                    static_cast<uint32_t>(shape.batch)};
  run({"bias_gradient", "bias_gradient_kernel"}, one_warp_each(channels * parts), p);
  if (parts > 1) run({"bias_gradient", "bias_gradient_sum_kernel"}, one_warp_each(channels), p);
  consume_gradient(target, 0, gradient, channels);
}

#endif

}  // namespace bayesbinn::cuda
