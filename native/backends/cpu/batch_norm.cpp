#include <algorithm>
#include <cmath>
#include <vector>

#include "backends/cpu/channel_sums.h"
#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/element_blocks.h"
#include "base/scalar_math.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

int64_t values_of(const ChannelBatch& shape) { return shape.shape.spatial * batch_stride(shape.batch); }

int64_t norm_block(const ChannelBatch& shape) { return std::min<int64_t>(32, channel_block(values_of(shape))); }

// y = (x - mean) * inverse * gain + bias, with the difference formed first: no cancellation for large means.
void normalize_channel(const ChannelBatch& shape, const BatchNormParameters& parameters, int64_t channel,
                       const float* x, float mean, float inverse, float* y) {
  const float scale = inverse * (parameters.gain ? parameters.gain[channel] : 1.0f);
  const float shift = parameters.bias ? parameters.bias[channel] : 0.0f;
  const int64_t count = values_of(shape);
  const float* __restrict in = x + channel * count;
  float* __restrict out = y + channel * count;
  if (parameters.relu) {
    for (int64_t i = 0; i < count; ++i) out[i] = relu((in[i] - mean) * scale + shift);
  } else {
    for (int64_t i = 0; i < count; ++i) out[i] = (in[i] - mean) * scale + shift;
  }
}

struct Moments {
  double mean, variance;
};

// In one pass: of the differences from one of the values, which no large mean can cancel.
Moments moments_of(const ChannelBatch& shape, const float* x) {
  const auto count = static_cast<double>(shape.batch * shape.shape.spatial);
  const double near = x[0];
  const auto [sum, squares] = channel_sums<2>(shape, [&](int64_t i, FourDoubles* sums) {
    const FourDoubles difference = __builtin_convertvector(load_four(x + i), FourDoubles) - near;
    sums[0] += difference;
    sums[1] += difference * difference;
  });
  const double distance = sum / count;
  const double variance = squares / count - distance * distance;
  return {near + distance, variance < 0 ? 0 : variance};
}

// Sums of dy, which counts only where y > 0 if there was a relu, and of dy (x - center).
template <bool relu>
std::array<double, 2> gradient_sums(const ChannelBatch& shape, const float* x, const float* y, const float* dy,
                                    double center) {
  return channel_sums<2>(shape, [&](int64_t i, FourDoubles* sums) {
    FourFloats gradient = load_four(dy + i);
    if constexpr (relu) gradient = load_four(y + i) > 0.0f ? gradient : FourFloats{};
    const FourDoubles wide = __builtin_convertvector(gradient, FourDoubles);
    sums[0] += wide;
    sums[1] += wide * (__builtin_convertvector(load_four(x + i), FourDoubles) - center);
  });
}

// dx = scale (dy - mean_dy - (x - center) slope), dy as above.
template <bool relu>
void gradient_of_channel(int64_t count, const float* x, const float* y, const float* dy, float center, float scale,
                         float mean_dy, float slope, float* __restrict dx) {
  for (int64_t i = 0; i < count; ++i) {
    const float gradient = !relu || y[i] > 0.0f ? dy[i] : 0.0f;
    dx[i] = scale * (gradient - mean_dy - (x[i] - center) * slope);
  }
}

}  // namespace

void CpuBackend::batch_norm_train(const ChannelBatch& shape, const BatchNormParameters& parameters, const float* x,
                                  float* y, float* mean, float* inverse_deviation, float* running_mean,
                                  float* running_variance) {
  const double count = static_cast<double>(shape.batch * shape.shape.spatial);
  const double unbiased = count > 1 ? count / (count - 1) : 1;
  in_blocks(shape.shape.channels, norm_block(shape), [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      const auto [center, variance] = moments_of(shape, x + c * values_of(shape));
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
  in_blocks(shape.shape.channels, norm_block(shape), [&](int64_t begin, int64_t end) {
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
  in_blocks(channels, norm_block(shape), [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      const float center = mean[c];
      const float inverse = inverse_deviation[c];
      const int64_t first = c * values_of(shape);
      const auto sums = parameters.relu ? gradient_sums<true>(shape, x + first, y + first, dy + first, center)
                                        : gradient_sums<false>(shape, x + first, y, dy + first, center);
      const double dy_sum = sums[0];
      const double dy_x_sum = sums[1] * inverse;
      gain_gradient[static_cast<size_t>(c)] = static_cast<float>(dy_x_sum);
      bias_gradient[static_cast<size_t>(c)] = static_cast<float>(dy_sum);
      if (!dx) continue;
      const float scale = inverse * (parameters.gain ? parameters.gain[c] : 1.0f);
      const float mean_dy = batch_statistics ? static_cast<float>(dy_sum) / count : 0.0f;
      const float slope = batch_statistics ? static_cast<float>(dy_x_sum) / count * inverse : 0.0f;
      if (parameters.relu) {
        gradient_of_channel<true>(values_of(shape), x + first, y + first, dy + first, center, scale, mean_dy, slope,
                                  dx + first);
      } else {
        gradient_of_channel<false>(values_of(shape), x + first, y, dy + first, center, scale, mean_dy, slope,
                                   dx + first);
      }
    }
  });
  if (gain.pass) consume_gradient(gain, 0, gain_gradient.data(), channels);
  if (bias.pass) consume_gradient(bias, 0, bias_gradient.data(), channels);
}

}  // namespace bayesbinn::BAYESBINN_ISA
