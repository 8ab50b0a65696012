// Batch norm backward, in blocks as forward: the two sums of a channel, then dx with them. Where there is a relu, x tells
// which values passed it, by the formula that made them: y need not be read.
#include "backends/cuda/cuda_backend.h"
#include "backends/cuda/device/batch_norm_formula.h"
#include "backends/cuda/device/channel_chunks.h"
#include "backends/cuda/device/quad.h"

namespace bayesbinn::cuda {

struct BatchNormGradientParameters {
  ChannelChunks chunks;
  int64_t blocks;  // a channel: its chunks, or one, where only sums are wanted
  const float4* x;
  const float4* dy;
  float4* dx;         // null: not wanted
  const float* gain;  // null: 1
  const float* bias;  // null: 0
  const float* mean;
  const float* inverse_deviation;
  float* gain_gradient;
  float* bias_gradient;
  TwoSums* partials;
  float count;  // values a channel
  bool relu, batch_statistics;
};

#ifdef __CUDACC__

struct InputAndGradient {
  float4 x, dy;
};

// A channel's own numbers.
struct ChannelNumbers {
  float mean, inverse, scale, shift;
  bool relu;
};

__device__ ChannelNumbers numbers_of(const BatchNormGradientParameters& p, int64_t channel) {
  const float inverse = p.inverse_deviation[channel];
  return {p.mean[channel], inverse, inverse * (p.gain ? p.gain[channel] : 1.0f), p.bias ? p.bias[channel] : 0.0f,
          p.relu};
}

// The gradient before the relu.
__device__ __forceinline__ float before_relu(const ChannelNumbers& c, float x, float dy) {
  return !c.relu || normalized(x, c.mean, c.scale, c.shift) > 0.0f ? dy : 0.0f;
}

template <class Use>
__device__ __forceinline__ void for_inputs(const BatchNormGradientParameters& p, const Chunk& chunk, Use&& use) {
  for_quads(
      p.chunks, chunk,
      [&](int64_t quad) {
        return InputAndGradient{p.x[quad], p.dy[quad]};
      },
      use);
}

// The thread's sums of dy and of dy (x - mean).
__device__ TwoSums gradient_sums_of_thread(const BatchNormGradientParameters& p, const Chunk& chunk,
                                           const ChannelNumbers& c) {
  TwoSums sums = {0, 0};
  for_inputs(p, chunk, [&](int64_t, const InputAndGradient& in, int samples) {
    const auto take = [&](float x, float dy, int sample) {
      if (sample >= samples) return;
      const double gradient = before_relu(c, x, dy);
      sums.first += gradient;
      sums.second = fma(gradient, static_cast<double>(x) - c.mean, sums.second);
    };
    take(in.x.x, in.dy.x, 0);
    take(in.x.y, in.dy.y, 1);
    take(in.x.z, in.dy.z, 2);
    take(in.x.w, in.dy.w, 3);
  });
  return sums;
}

BB_KERNEL(kThreads) batch_norm_gradient_sums_kernel(const BatchNormGradientParameters p) {
  const Chunk chunk = chunk_of(p.chunks, p.chunks.chunks, blockIdx.x);
  const TwoSums sums = block_sums(gradient_sums_of_thread(p, chunk, numbers_of(p, chunk.channel)));
  if (threadIdx.x == 0) p.partials[blockIdx.x] = sums;
}

// With xhat = (x - mean) * inverse and n values a channel:
//   d bias = sum dy;  d gain = sum dy xhat
//   dx = gain inverse (dy - (d bias + xhat d gain) / n)      where mean and variance depend on x, else gain inverse dy
// Blocks go from the last one on, see batch_norm_train_kernel.
BB_KERNEL(kThreads) batch_norm_gradient_kernel(const BatchNormGradientParameters p) {
  const Chunk chunk = chunk_of(p.chunks, p.blocks, gridDim.x - 1 - blockIdx.x);
  const ChannelNumbers c = numbers_of(p, chunk.channel);
  const TwoSums sums = block_sums(p.chunks.chunks > 1 ? partial_of_thread(p.chunks, chunk.channel, p.partials)
                                                      : gradient_sums_of_thread(p, chunk, c));
  const auto bias_gradient = static_cast<float>(sums.first);
  const auto gain_gradient = static_cast<float>(sums.second * c.inverse);
  if (threadIdx.x == 0 && chunk.number == 0) {
    p.bias_gradient[chunk.channel] = bias_gradient;
    p.gain_gradient[chunk.channel] = gain_gradient;
  }
  if (!p.dx) return;
  const float mean_dy = p.batch_statistics ? bias_gradient / p.count : 0.0f;
  const float slope = p.batch_statistics ? gain_gradient / p.count * c.inverse : 0.0f;
  const auto one = [&](float x, float dy) {
    return c.scale * (before_relu(c, x, dy) - mean_dy - (x - c.mean) * slope);
  };
  for_inputs(p, chunk, [&](int64_t quad, const InputAndGradient& in, int) {
    p.dx[quad] = make_float4(one(in.x.x, in.dy.x), one(in.x.y, in.dy.y), one(in.x.z, in.dy.z), one(in.x.w, in.dy.w));
  });
}

#else

void CudaBackend::batch_norm_gradient(const ChannelBatch& shape, const BatchNormParameters& parameters,
                                      bool batch_statistics, const float* x, const float*, const float* dy,
                                      const float* mean, const float* inverse_deviation, float* dx,
                                      const GradientTarget& gain, const GradientTarget& bias) {
  const int64_t channels = shape.shape.channels;
  BatchNormGradientParameters p = {};
  p.chunks = chunks_of(shape);
  p.blocks = dx ? p.chunks.chunks : 1;
  p.x = reinterpret_cast<const float4*>(x);
  p.dy = reinterpret_cast<const float4*>(dy);
  p.dx = reinterpret_cast<float4*>(dx);
  p.gain = parameters.gain;
  p.bias = parameters.bias;
  p.mean = mean;
  p.inverse_deviation = inverse_deviation;
  p.gain_gradient = scratch<float>(ScratchUse::channel_gradients, 2 * channels);
  p.bias_gradient = p.gain_gradient + channels;
  p.count = static_cast<float>(shape.batch * shape.shape.spatial);
  p.relu = parameters.relu;
  p.batch_statistics = batch_statistics;
  const unsigned threads = chunk_threads(p.chunks);
  if (p.chunks.chunks > 1) {
    p.partials = scratch<TwoSums>(ScratchUse::partial_sums, channels * p.chunks.chunks);
    run({"batch_norm_gradient", "batch_norm_gradient_sums_kernel"}, {channels * p.chunks.chunks, threads}, p);
  }
  run({"batch_norm_gradient", "batch_norm_gradient_kernel"}, {channels * p.blocks, threads}, p);
  // Only now, since dx depends on the gain before its update.
  if (gain.pass) consume_gradient(gain, 0, p.gain_gradient, channels);
  if (bias.pass) consume_gradient(bias, 0, p.bias_gradient, channels);
}

#endif

}  // namespace bayesbinn::cuda
