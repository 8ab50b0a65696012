// Adam for real-valued parameters. Kingma, Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 1.
//   m <- beta1 m + (1 - beta1) g;   v <- beta2 v + (1 - beta2) g^2
//   w <- w - alpha (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)
#pragma once

#include <cmath>

#include "optimizers/formula.h"

namespace bayesbinn {

struct Adam {
  static constexpr const char* kName = "adam";
  static constexpr ParameterKind kClaims = ParameterKind::real;
  static constexpr bool kInitialFromLayer = true;
  static constexpr Distribution kDistribution = {Quantity::none};

  enum Slot { first_moment, second_moment };
  static constexpr const char* kSlots[] = {"first_moment", "second_moment"};

  struct Hyper {
    double learning_rate, beta1, beta2, epsilon;

    template <class Visitor>
    void visit(Visitor& v) {
      v.number("learningRate", learning_rate, at_least(0));
      v.number("beta1", beta1, from_below(0, 1));
      v.number("beta2", beta2, from_below(0, 1));
      v.number("epsilon", epsilon, above(0));
    }
    bool initial_uses_normal() const { return false; }
    int64_t samples() const { return 1; }
    bool slot_used(int slot) const { return slot <= second_moment; }
  };

  struct Step {
    float beta1, beta2, one_minus_beta1, one_minus_beta2, rate, second_correction, epsilon, sample_share;
  };

  static Step step(const Hyper& hyper, uint64_t t, int64_t samples) {
    const double count = static_cast<double>(t);
    Step step;
    step.beta1 = static_cast<float>(hyper.beta1);
    step.beta2 = static_cast<float>(hyper.beta2);
    step.one_minus_beta1 = static_cast<float>(1 - hyper.beta1);
    step.one_minus_beta2 = static_cast<float>(1 - hyper.beta2);
    step.rate = static_cast<float>(hyper.learning_rate / (1 - std::pow(hyper.beta1, count)));
    step.second_correction = static_cast<float>(1 / (1 - std::pow(hyper.beta2, count)));
    step.epsilon = static_cast<float>(hyper.epsilon);
    step.sample_share = 1.0f / static_cast<float>(samples);
    return step;
  }

  static float initial(const Hyper&, float proposed, float, float) { return proposed; }
  static float initial_slot(const Hyper&, int, float) { return 0.0f; }
  static float absent_slot(const Hyper&, int) { return 0.0f; }

  static bool signs(const Step&) { return false; }
  static bool materialize_needs_noise(const Step&) { return false; }
  static bool pullback_needs_noise(const Step&) { return false; }

  BB_FORMULA bool settled(const Weight&, const Step&) { return false; }
  BB_FORMULA float noise(float u) { return u; }
  BB_FORMULA float materialize(const Weight& weight, float, const Step&) { return weight.latent; }
  BB_FORMULA float materialize_without_noise(const Weight& weight, const Step&) { return weight.latent; }
  BB_FORMULA float materialize_settled(const Weight& weight, const Step&) { return weight.latent; }
  BB_FORMULA float pullback(float g, const Weight&, float, const Step& step) { return step.sample_share * g; }
  BB_FORMULA float pullback_without_noise(float g, const Weight&, const Step& step) { return step.sample_share * g; }
  BB_FORMULA float pullback_settled(float g, const Weight&, const Step& step) { return step.sample_share * g; }

  BB_FORMULA void update(Weight& weight, float gradient, const Step& step) {
    const float m = step.beta1 * weight.slot[first_moment] + step.one_minus_beta1 * gradient;
    const float v = step.beta2 * weight.slot[second_moment] + step.one_minus_beta2 * gradient * gradient;
    weight.slot[first_moment] = m;
    weight.slot[second_moment] = v;
    weight.latent -= step.rate * m / (std::sqrt(v * step.second_correction) + step.epsilon);
  }

  BB_FORMULA bool positive(const Weight& weight, float) { return weight.latent >= 0.0f; }
  BB_FORMULA float mode(float latent) { return latent; }
  BB_FORMULA float probability(float) { return 1.0f; }
};

}  // namespace bayesbinn
