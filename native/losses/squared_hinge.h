// Squared hinge of class scores z and label y, mean over the classes: max(0, 1 - t_k z_k)^2 with t_k = 1 for k = y and
// -1 otherwise. Gradient: -2 t_k max(0, 1 - t_k z_k) / classes.
#pragma once

#include "losses/classes.h"
#include "losses/formula.h"

namespace bayesbinn {

struct SquaredHinge : NoOptions {
  static constexpr const char* kName = "squaredHinge";
  static constexpr bool kLabels = true;
  static constexpr bool kProbabilities = false;
  static constexpr bool kCountsCorrect = true;

  static void validate(const Options&, int64_t outputs) { require_classes(kName, outputs); }

  BB_FORMULA SampleLoss sample(Column<const float> z, int32_t label, const double*, Column<float> gradient) {
    double sum = 0;
    int best = 0;
    for (int k = 0; k < z.count; ++k) {
      best = z[k] > z[best] ? k : best;
      const double side = k == label ? 1.0 : -1.0;
      const double missing = 1.0 - side * z[k];
      const double margin = missing < 0 ? 0.0 : missing;  // NaN stays
      sum += margin * margin;
      if (gradient.data) gradient[k] = static_cast<float>(-2.0 * side * margin / z.count);
    }
    return {sum / z.count, best == label};
  }

  BB_FORMULA void link(Column<const float> z, Column<float> out) {
    for (int k = 0; k < z.count; ++k) out[k] = z[k];
  }

  BB_FORMULA SampleLoss sample_of_prediction(Column<const float> z, int32_t label, const double*) {
    return sample(z, label, nullptr, {});
  }
};

}  // namespace bayesbinn
