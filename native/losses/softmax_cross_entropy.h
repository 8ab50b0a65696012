// Softmax cross entropy of class scores z and label y: log sum_k exp(z_k) - z_y. Gradient: softmax(z) - onehot(y).
#pragma once

#include <cmath>

#include "losses/classes.h"
#include "losses/formula.h"

namespace bayesbinn {

struct SoftmaxCrossEntropy : NoOptions {
  static constexpr const char* kName = "softmaxCrossEntropy";
  static constexpr bool kLabels = true;
  static constexpr bool kProbabilities = false;
  static constexpr bool kCountsCorrect = true;

  static void validate(const Options&, int64_t outputs) { require_classes(kName, outputs); }

  BB_FORMULA SampleLoss sample(Column<const float> z, int32_t label, const double*, Column<float> gradient) {
    float largest = z[0];
    int best = 0;
    for (int k = 1; k < z.count; ++k) {
      if (z[k] > largest) {
        largest = z[k];
        best = k;
      }
    }
    double sum = 0;
    for (int k = 0; k < z.count; ++k) sum += std::exp(static_cast<double>(z[k]) - largest);
    if (gradient.data) {
      for (int k = 0; k < z.count; ++k) {
        const double p = std::exp(static_cast<double>(z[k]) - largest) / sum;
        gradient[k] = static_cast<float>(p - (k == label ? 1.0 : 0.0));
      }
    }
    return {std::log(sum) + largest - z[label], best == label};
  }

  BB_FORMULA void link(Column<const float> z, Column<float> out) {
    float largest = z[0];
    for (int k = 1; k < z.count; ++k) largest = z[k] > largest ? z[k] : largest;
    double sum = 0;
    for (int k = 0; k < z.count; ++k) sum += std::exp(static_cast<double>(z[k]) - largest);
    for (int k = 0; k < z.count; ++k) out[k] = static_cast<float>(std::exp(static_cast<double>(z[k]) - largest) / sum);
  }

  // -log p_y; probabilities that underflowed count as the smallest normal float.
  BB_FORMULA SampleLoss sample_of_prediction(Column<const float> p, int32_t label, const double*) {
    int best = 0;
    for (int k = 1; k < p.count; ++k) best = p[k] > p[best] ? k : best;
    return {-std::log(static_cast<double>(p[label] < 1.17549435e-38f ? 1.17549435e-38f : p[label])), best == label};
  }
};

}  // namespace bayesbinn
