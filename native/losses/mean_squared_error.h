// Mean squared error over the outputs of a sample: mean_k (z_k - t_k)^2. Gradient: 2 (z_k - t_k) / outputs.
#pragma once

#include "losses/formula.h"

namespace bayesbinn {

struct MeanSquaredError : NoOptions {
  static constexpr const char* kName = "meanSquaredError";
  static constexpr bool kLabels = false;
  static constexpr bool kProbabilities = false;
  static constexpr bool kCountsCorrect = false;

  static void validate(const Options&, int64_t) {}

  BB_FORMULA SampleLoss sample(Column<const float> z, Column<const float> target, const double*,
                               Column<float> gradient) {
    double sum = 0;
    for (int k = 0; k < z.count; ++k) {
      const double difference = static_cast<double>(z[k]) - target[k];
      sum += difference * difference;
      if (gradient.data) gradient[k] = static_cast<float>(2 * difference / z.count);
    }
    return {sum / z.count, 0};
  }

  BB_FORMULA void link(Column<const float> z, Column<float> out) {
    for (int k = 0; k < z.count; ++k) out[k] = z[k];
  }

  BB_FORMULA SampleLoss sample_of_prediction(Column<const float> p, Column<const float> target, const double*) {
    return sample(p, target, nullptr, {nullptr, 0, 0});
  }
};

}  // namespace bayesbinn
