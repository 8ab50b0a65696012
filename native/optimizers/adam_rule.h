// The step of Adam, which several methods take. Kingma, Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015,
// algorithm 1.
//   m <- beta1 m + (1 - beta1) g;   v <- beta2 v + (1 - beta2) g^2
//   change = alpha (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)
#pragma once

#include <cmath>
#include <cstdint>

#include "base/host_device.h"
#include "base/options.h"
#include "optimizers/clip.h"

namespace bayesbinn {

struct AdamRule {
  struct Hyper {
    double learning_rate, beta1, beta2, epsilon;

    template <class Visitor>
    void visit(Visitor& v) {
      v.number("learningRate", learning_rate, at_least(0));
      v.number("beta1", beta1, from_below(0, 1));
      v.number("beta2", beta2, from_below(0, 1));
      v.number("epsilon", epsilon, above(0));
    }
  };

  struct Step {
    float beta1, beta2, one_minus_beta1, one_minus_beta2, rate, second_correction, epsilon;
  };

  static Step step(const Hyper& hyper, uint64_t t) {
    const double count = static_cast<double>(t);
    Step step;
    step.beta1 = static_cast<float>(hyper.beta1);
    step.beta2 = static_cast<float>(hyper.beta2);
    step.one_minus_beta1 = static_cast<float>(1 - hyper.beta1);
    step.one_minus_beta2 = static_cast<float>(1 - hyper.beta2);
    step.rate = static_cast<float>(hyper.learning_rate / (1 - std::pow(hyper.beta1, count)));
    step.second_correction = static_cast<float>(1 / (1 - std::pow(hyper.beta2, count)));
    step.epsilon = static_cast<float>(hyper.epsilon);
    return step;
  }

  // What the weight is to be reduced by; moves both moments.
  BB_FORMULA float change(float gradient, float& first_moment, float& second_moment, const Step& step) {
    const float m = step.beta1 * first_moment + step.one_minus_beta1 * gradient;
    const float v = step.beta2 * second_moment + step.one_minus_beta2 * gradient * gradient;
    first_moment = m;
    second_moment = v;
    return step.rate * m / (std::sqrt(v * step.second_correction) + step.epsilon);
  }
};

// Adam with the gradient clipped by value before, and the weight after its step.
struct ClippedAdamRule {
  struct Hyper {
    AdamRule::Hyper adam;
    double gradient_clip, weight_clip;

    template <class Visitor>
    void visit(Visitor& v) {
      adam.visit(v);
      v.number("gradientClip", gradient_clip, clip_limits());
      v.number("weightClip", weight_clip, clip_limits());
    }
  };

  struct Step {
    AdamRule::Step adam;
    float gradient_clip, weight_clip;
  };

  static Step step(const Hyper& hyper, uint64_t t) {
    return {AdamRule::step(hyper.adam, t), clip_limit(hyper.gradient_clip), clip_limit(hyper.weight_clip)};
  }

  // The weight after its step; moves both moments.
  BB_FORMULA float stepped(float weight, float gradient, float& first_moment, float& second_moment, const Step& step) {
    const float clipped = clip(gradient, step.gradient_clip);
    return clip(weight - AdamRule::change(clipped, first_moment, second_moment, step.adam), step.weight_clip);
  }
};

}  // namespace bayesbinn
