// Binary cross entropy with logits z and targets t in [0, 1], mean over the outputs of a sample:
//   max(z, 0) - z t + log(1 + exp(-|z|)).   Gradient: (sigmoid(z) - t) / outputs.
// Correct: every output on the side of 1/2 where its target is.
#pragma once

#include <cmath>

#include "losses/formula.h"

namespace bayesbinn {

struct BinaryCrossEntropy : NoOptions {
  static constexpr const char* kName = "binaryCrossEntropy";
  static constexpr bool kLabels = false;
  static constexpr bool kProbabilities = true;
  static constexpr bool kCountsCorrect = true;

  static void validate(const Options&, int64_t) {}

  BB_FORMULA double sigmoid(double z) {
    const double e = std::exp(z < 0 ? z : -z);
    return (z < 0 ? e : 1.0) / (1.0 + e);
  }

  BB_FORMULA SampleLoss sample(Column<const float> z, Column<const float> target, const double*,
                               Column<float> gradient) {
    double sum = 0;
    int correct = 1;
    for (int k = 0; k < z.count; ++k) {
      const double value = z[k];
      sum += (value > 0 ? value : 0) - value * target[k] + std::log1p(std::exp(value < 0 ? value : -value));
      correct &= (value > 0) == (target[k] > 0.5f);
      if (gradient.data) gradient[k] = static_cast<float>((sigmoid(value) - target[k]) / z.count);
    }
    return {sum / z.count, correct};
  }

  BB_FORMULA void link(Column<const float> z, Column<float> out) {
    for (int k = 0; k < z.count; ++k) out[k] = static_cast<float>(sigmoid(z[k]));
  }

  // Probabilities that underflowed count as the smallest normal float, those that rounded to 1 as 1 - 2^-25.
  BB_FORMULA SampleLoss sample_of_prediction(Column<const float> p, Column<const float> target, const double*) {
    double sum = 0;
    int correct = 1;
    for (int k = 0; k < p.count; ++k) {
      const double low = p[k] < 1.17549435e-38f ? 1.17549435e-38f : p[k];
      const double high = p[k] >= 1.0f ? 0x1p-25 : 1.0 - p[k];
      sum -= target[k] * std::log(low) + (1.0 - target[k]) * std::log(high);
      correct &= (p[k] > 0.5f) == (target[k] > 0.5f);
    }
    return {sum / p.count, correct};
  }
};

}  // namespace bayesbinn
