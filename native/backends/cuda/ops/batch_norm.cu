// Batch norm forward. A channel of few values is one block's; larger ones are cut into chunks, of which one launch leaves
// sums, and the next normalises, each of its blocks with the sums of all chunks.
#include "backends/cuda/cuda_backend.h"
#include "backends/cuda/device/batch_norm_formula.h"
#include "backends/cuda/device/channel_chunks.h"
#include "backends/cuda/device/quad.h"
#include "base/scalar_math.h"

namespace bayesbinn::cuda {

struct BatchNormKernelParameters {
  ChannelChunks chunks;
  const float4* x;
  float4* y;
  const float* gain;  // null: 1
  const float* bias;  // null: 0
  float* mean;
  float* inverse_deviation;
  float* running_mean;
  float* running_variance;
  TwoSums* partials;
  const QueuedStep* queued;
  double epsilon, momentum;
  double count;     // values a channel
  double unbiased;  // variance over biased variance
  bool relu;
};

#ifdef __CUDACC__

// What sums are taken about: the channel's first value. The square of its distance from the mean is at most `count` times
// the variance, so that cancellation costs the variance no more than count * 2^-53 of it.
__device__ double center_of_sums(const BatchNormKernelParameters& p, const Chunk& chunk) {
  const float first = p.x[chunk.first].x;
  return isfinite(first) ? first : 0;
}

// The thread's sums of differences and of their squares.
__device__ TwoSums sums_of_thread(const BatchNormKernelParameters& p, const Chunk& chunk) {
  const double center = center_of_sums(p, chunk);
  TwoSums sums = {0, 0};
  for_quads(
      p.chunks, chunk, [&](int64_t quad) { return p.x[quad]; },
      [&](int64_t, const float4& x, int samples) {
        const auto take = [&](float value, int sample) {
          const double difference = sample < samples ? value - center : 0;
          sums.first += difference;
          sums.second = fma(difference, difference, sums.second);
        };
        take(x.x, 0);
        take(x.y, 1);
        take(x.z, 2);
        take(x.w, 3);
      });
  return sums;
}

__device__ void normalize_chunk(const BatchNormKernelParameters& p, const Chunk& chunk, float mean, float inverse) {
  const float scale = inverse * (p.gain ? p.gain[chunk.channel] : 1.0f);
  const float shift = p.bias ? p.bias[chunk.channel] : 0.0f;
  const auto one = [&](float x) {
    const float y = normalized(x, mean, scale, shift);
    return p.relu ? relu(y) : y;
  };
  for_quads(
      p.chunks, chunk, [&](int64_t quad) { return p.x[quad]; },
      [&](int64_t quad, const float4& x, int) { p.y[quad] = make_float4(one(x.x), one(x.y), one(x.z), one(x.w)); });
}

BB_KERNEL(kThreads) batch_norm_sums_kernel(const BatchNormKernelParameters p) {
  const Chunk chunk = chunk_of(p.chunks, p.chunks.chunks, blockIdx.x);
  const TwoSums sums = block_sums(sums_of_thread(p, chunk));
  if (threadIdx.x == 0) p.partials[blockIdx.x] = sums;
}

// Blocks go from the last one on: what the sums read last is still in the cache.
BB_KERNEL(kThreads) batch_norm_train_kernel(const BatchNormKernelParameters p) {
  __shared__ float statistics[2];
  const Chunk chunk = chunk_of(p.chunks, p.chunks.chunks, gridDim.x - 1 - blockIdx.x);
  const int64_t c = chunk.channel;
  const TwoSums sums =
      block_sums(p.chunks.chunks > 1 ? partial_of_thread(p.chunks, c, p.partials) : sums_of_thread(p, chunk));
  if (threadIdx.x == 0) {
    const double mean = center_of_sums(p, chunk) + sums.first / p.count;
    double variance = (sums.second - sums.first * (sums.first / p.count)) / p.count;
    variance = variance < 0 ? 0 : variance;  // by rounding; NaN passes
    statistics[0] = static_cast<float>(mean);
    statistics[1] = static_cast<float>(1 / sqrt(variance + p.epsilon));
    if (chunk.number == 0) {
      p.mean[c] = statistics[0];
      p.inverse_deviation[c] = statistics[1];
      if (!halted(p.queued)) {
        p.running_mean[c] = static_cast<float>((1 - p.momentum) * p.running_mean[c] + p.momentum * mean);
        p.running_variance[c] =
            static_cast<float>((1 - p.momentum) * p.running_variance[c] + p.momentum * variance * p.unbiased);
      }
    }
  }
  __syncthreads();
  normalize_chunk(p, chunk, statistics[0], statistics[1]);
}

BB_KERNEL(kThreads) batch_norm_eval_kernel(const BatchNormKernelParameters p) {
  __shared__ float statistics[2];
  const Chunk chunk = chunk_of(p.chunks, p.chunks.chunks, blockIdx.x);
  if (threadIdx.x == 0) {
    statistics[0] = p.running_mean[chunk.channel];
    statistics[1] = static_cast<float>(1 / sqrt(p.running_variance[chunk.channel] + p.epsilon));
    if (chunk.number == 0) {
      p.mean[chunk.channel] = statistics[0];
      p.inverse_deviation[chunk.channel] = statistics[1];
    }
  }
  __syncthreads();
  normalize_chunk(p, chunk, statistics[0], statistics[1]);
}

#else

namespace {

// For kernels that normalise; running statistics that are only read are not written by them.
BatchNormKernelParameters kernel_parameters(const ChannelBatch& shape, const BatchNormParameters& parameters,
                                            const float* x, float* y, float* mean, float* inverse_deviation,
                                            const float* running_mean, const float* running_variance) {
  BatchNormKernelParameters p = {};
  p.chunks = chunks_of(shape);
  p.x = reinterpret_cast<const float4*>(x);
  p.y = reinterpret_cast<float4*>(y);
  p.gain = parameters.gain;
  p.bias = parameters.bias;
  p.mean = mean;
  p.inverse_deviation = inverse_deviation;
  p.running_mean = const_cast<float*>(running_mean);
  p.running_variance = const_cast<float*>(running_variance);
  p.epsilon = parameters.epsilon;
  p.momentum = parameters.momentum;
  p.count = static_cast<double>(shape.batch * shape.shape.spatial);
  p.unbiased = p.count > 1 ? p.count / (p.count - 1) : 1;
  p.relu = parameters.relu;
  return p;
}

Grid grid_of(const ChannelChunks& chunks) { return {chunks.channels * chunks.chunks, chunk_threads(chunks)}; }

}  // namespace

void CudaBackend::batch_norm_train(const ChannelBatch& shape, const BatchNormParameters& parameters, const float* x,
                                   float* y, float* mean, float* inverse_deviation, float* running_mean,
                                   float* running_variance) {
  BatchNormKernelParameters p =
      kernel_parameters(shape, parameters, x, y, mean, inverse_deviation, running_mean, running_variance);
  const Grid grid = grid_of(p.chunks);
  p.queued = queued_;
  if (p.chunks.chunks > 1) {
    p.partials = scratch<TwoSums>(ScratchUse::partial_sums, grid.blocks);
    run({"batch_norm", "batch_norm_sums_kernel"}, grid, p);
  }
  run({"batch_norm", "batch_norm_train_kernel"}, grid, p);
}

void CudaBackend::batch_norm_eval(const ChannelBatch& shape, const BatchNormParameters& parameters, const float* x,
                                  float* y, float* mean, float* inverse_deviation, const float* running_mean,
                                  const float* running_variance) {
  const BatchNormKernelParameters p =
      kernel_parameters(shape, parameters, x, y, mean, inverse_deviation, running_mean, running_variance);
  run({"batch_norm", "batch_norm_eval_kernel"}, grid_of(p.chunks), p);
}

#endif

}  // namespace bayesbinn::cuda
