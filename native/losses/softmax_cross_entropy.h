// Softmax cross entropy of class scores z and label y, with a weight w a class: w_y (log sum_k exp(z_k) - z_y).
// Gradient: w_y (softmax(z) - onehot(y)).
#pragma once

#include <cmath>
#include <optional>

#include "base/options.h"
#include "losses/classes.h"
#include "losses/formula.h"

namespace bayesbinn {

struct SoftmaxCrossEntropy {
  static constexpr const char* kName = "softmaxCrossEntropy";
  static constexpr bool kLabels = true;
  static constexpr bool kProbabilities = false;
  static constexpr bool kCountsCorrect = true;

  struct Options {
    std::optional<std::vector<double>> class_weights;  // without them all are 1

    template <class Visitor>
    void visit(Visitor& v) {
      v.numbers_or_none("classWeights", class_weights, at_least(0));
    }
  };

  static void validate(const Options& options, int64_t outputs) {
    require_classes(kName, outputs);
    if (options.class_weights) require_class_weights(*options.class_weights, outputs);
  }

  // The weights.
  static std::vector<double> constants(const Options& options) {
    return options.class_weights.value_or(std::vector<double>{});
  }

  BB_FORMULA SampleLoss sample(Column<const float> z, int32_t label, const double* weights, Column<float> gradient) {
    const double weight = weights ? weights[label] : 1.0;
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
        gradient[k] = static_cast<float>(weight * (p - (k == label ? 1.0 : 0.0)));
      }
    }
    return {weight * (std::log(sum) + largest - z[label]), best == label};
  }

  BB_FORMULA void link(Column<const float> z, Column<float> out) {
    float largest = z[0];
    for (int k = 1; k < z.count; ++k) largest = z[k] > largest ? z[k] : largest;
    double sum = 0;
    for (int k = 0; k < z.count; ++k) sum += std::exp(static_cast<double>(z[k]) - largest);
    for (int k = 0; k < z.count; ++k) out[k] = static_cast<float>(std::exp(static_cast<double>(z[k]) - largest) / sum);
  }

  // -w_y log p_y; probabilities that underflowed count as the smallest normal float.
  BB_FORMULA SampleLoss sample_of_prediction(Column<const float> p, int32_t label, const double* weights) {
    const double weight = weights ? weights[label] : 1.0;
    const double probability = p[label] < 1.17549435e-38f ? 1.17549435e-38f : p[label];
    int best = 0;
    for (int k = 1; k < p.count; ++k) best = p[k] > p[best] ? k : best;
    return {weight * -std::log(probability), best == label};
  }
};

}  // namespace bayesbinn
