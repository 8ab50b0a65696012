// Stochastic gradient descent for real-valued parameters, with momentum and weight decay as in PyTorch's SGD.
// Momentum as in Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in deep learning",
// ICML 2013, with the learning rate outside of the average.
//   d <- g + delta w;   b <- mu b + d
//   w <- w - alpha b,   Nesterov: w <- w - alpha (d + mu b)
#pragma once

#include "base/scalar_math.h"
#include "optimizers/noiseless.h"

namespace bayesbinn {

struct Sgd : RealWeights<Sgd> {
  static constexpr const char* kName = "sgd";

  enum Slot { momentum };
  static constexpr const char* kSlots[] = {"momentum"};

  struct Hyper : NoiselessHyper {
    double learning_rate, momentum_rate, weight_decay;
    bool nesterov, keep_momentum;

    template <class Visitor>
    void visit(Visitor& v) {
      v.number("learningRate", learning_rate, at_least(0));
      v.number("momentum", momentum_rate, from_below(0, 1));
      v.number("weightDecay", weight_decay, at_least(0));
      v.flag("nesterov", nesterov);
      v.flag("keepMomentum", keep_momentum);
    }
    // Without momentum the sum is the gradient at hand.
    bool slot_used(int slot) const { return slot == momentum && (momentum_rate > 0 || keep_momentum); }
  };

  struct Step {
    float rate, momentum, weight_decay, sample_share;
    bool nesterov;
  };

  static Step step(const Hyper& hyper, uint64_t, int64_t samples) {
    return {static_cast<float>(hyper.learning_rate), static_cast<float>(hyper.momentum_rate),
            static_cast<float>(hyper.weight_decay), 1.0f / static_cast<float>(samples), hyper.nesterov};
  }

  BB_FORMULA float pullback_without_noise(float g, const Weight&, const Step& step) { return step.sample_share * g; }

  BB_FORMULA void update(Weight& weight, float gradient, const Step& step) {
    const float total = gradient + step.weight_decay * weight.latent;
    const float sum = step.momentum * weight.slot[momentum] + total;
    weight.slot[momentum] = sum;
    weight.latent -= step.rate * select(step.nesterov, total + step.momentum * sum, sum);
  }
};

}  // namespace bayesbinn
