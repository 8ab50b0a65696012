#include <cmath>
#include <vector>

#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/reductions.h"
#include "backends/cpu/scratch.h"
#include "base/scalar_math.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

constexpr int64_t kChannelBlock = 32;

// Calls action(offset) for each run of `batch` values of a channel.
template <class Action>
void for_runs(const ChannelBatch& shape, int64_t channel, Action&& action) {
  const int64_t stride = batch_stride(shape.batch);
  for (int64_t s = 0; s < shape.shape.spatial; ++s) action((channel * shape.shape.spatial + s) * stride);
}

// y = (x - mean) * inverse * gain + bias, with the difference formed first: no cancellation for large means.
void normalize_channel(const ChannelBatch& shape, const BatchNormParameters& parameters, int64_t channel,
                       const float* x, float mean, float inverse, float* y) {
  const float scale = inverse * (parameters.gain ? parameters.gain[channel] : 1.0f);
  const float shift = parameters.bias ? parameters.bias[channel] : 0.0f;
  for_runs(shape, channel, [&](int64_t at) {
    const float* __restrict in = x + at;
    float* __restrict out = y + at;
    if (parameters.relu) {
      for (int64_t b = 0; b < shape.batch; ++b) out[b] = relu((in[b] - mean) * scale + shift);
    } else {
      for (int64_t b = 0; b < shape.batch; ++b) out[b] = (in[b] - mean) * scale + shift;
    }
  });
}

// The gradient before the relu, of a run whose samples are at hand anyway.
const float* before_relu(const BatchNormParameters& parameters, int64_t batch, const float* y, const float* dy,
                         float* space) {
  if (!parameters.relu) return dy;
  for (int64_t b = 0; b < batch; ++b) space[b] = y[b] > 0.0f ? dy[b] : 0.0f;
  return space;
}

}  // namespace

void CpuBackend::batch_norm_train(const ChannelBatch& shape, const BatchNormParameters& parameters, const float* x,
                                  float* y, float* mean, float* inverse_deviation, float* running_mean,
                                  float* running_variance) {
  const double count = static_cast<double>(shape.batch * shape.shape.spatial);
  const double unbiased = count > 1 ? count / (count - 1) : 1;
  in_blocks(shape.shape.channels, kChannelBlock, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      double sum = 0;
      for_runs(shape, c, [&](int64_t at) { sum += sum_of(x + at, shape.batch); });
      const double center = sum / count;
      double squares = 0;
      for_runs(shape, c, [&](int64_t at) {
        squares += lane_sum(shape.batch, [&](int64_t b) {
          const double difference = x[at + b] - center;
          return difference * difference;
        });
      });
      const double variance = squares / count;
      mean[c] = static_cast<float>(center);
      inverse_deviation[c] = static_cast<float>(1 / std::sqrt(variance + parameters.epsilon));
      const double momentum = parameters.momentum;
      running_mean[c] = static_cast<float>((1 - momentum) * running_mean[c] + momentum * center);
      running_variance[c] = static_cast<float>((1 - momentum) * running_variance[c] + momentum * variance * unbiased);
      normalize_channel(shape, parameters, c, x, mean[c], inverse_deviation[c], y);
    }
  });
}

void CpuBackend::batch_norm_eval(const ChannelBatch& shape, const BatchNormParameters& parameters, const float* x,
                                 float* y, float* mean, float* inverse_deviation, const float* running_mean,
                                 const float* running_variance) {
  in_blocks(shape.shape.channels, kChannelBlock, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      mean[c] = running_mean[c];
      inverse_deviation[c] = static_cast<float>(1 / std::sqrt(running_variance[c] + parameters.epsilon));
      normalize_channel(shape, parameters, c, x, mean[c], inverse_deviation[c], y);
    }
  });
}

// With xhat = (x - mean) * inverse and n values a channel:
//   d bias = sum dy;  d gain = sum dy xhat
//   dx = gain inverse (dy - (d bias + xhat d gain) / n)      where mean and variance depend on x, else gain inverse dy
void CpuBackend::batch_norm_gradient(const ChannelBatch& shape, const BatchNormParameters& parameters,
                                     bool batch_statistics, const float* x, const float* y, const float* dy,
                                     const float* mean, const float* inverse_deviation, float* dx,
                                     const GradientTarget& gain, const GradientTarget& bias) {
  const int64_t channels = shape.shape.channels;
  const float count = static_cast<float>(shape.batch * shape.shape.spatial);
  std::vector<float> gain_gradient(static_cast<size_t>(channels));
  std::vector<float> bias_gradient(static_cast<size_t>(channels));
  in_blocks(channels, kChannelBlock, [&](int64_t begin, int64_t end) {
    static thread_local Scratch scratch;
    float* const space = scratch.floats(shape.batch);
    for (int64_t c = begin; c < end; ++c) {
      const float center = mean[c];
      const float inverse = inverse_deviation[c];
      double dy_sum = 0;
      double dy_x_sum = 0;
      for_runs(shape, c, [&](int64_t at) {
        const float* const run = before_relu(parameters, shape.batch, y + at, dy + at, space);
        dy_sum += sum_of(run, shape.batch);
        dy_x_sum += lane_sum(shape.batch, [&](int64_t b) {
          return static_cast<double>(run[b]) * (static_cast<double>(x[at + b]) - center);
        });
      });
      dy_x_sum *= inverse;
      gain_gradient[static_cast<size_t>(c)] = static_cast<float>(dy_x_sum);
      bias_gradient[static_cast<size_t>(c)] = static_cast<float>(dy_sum);
      if (!dx) continue;
      const float scale = inverse * (parameters.gain ? parameters.gain[c] : 1.0f);
      const float mean_dy = batch_statistics ? static_cast<float>(dy_sum) / count : 0.0f;
      const float slope = batch_statistics ? static_cast<float>(dy_x_sum) / count * inverse : 0.0f;
      for_runs(shape, c, [&](int64_t at) {
        const float* const run = before_relu(parameters, shape.batch, y + at, dy + at, space);
        const float* __restrict in = x + at;
        float* __restrict out = dx + at;
        for (int64_t b = 0; b < shape.batch; ++b) out[b] = scale * (run[b] - mean_dy - (in[b] - center) * slope);
      });
    }
  });
  if (gain.pass) consume_gradient(gain, 0, gain_gradient.data(), channels);
  if (bias.pass) consume_gradient(bias, 0, bias_gradient.data(), channels);
}

}  // namespace bayesbinn::BAYESBINN_ISA
