// Bop, the binary optimizer: no latent real weights, but flips of the binary ones.
// Helwegen, Widdicombe, Geiger, Liu, Cheng, Nusselder, "Latent Weights Do Not Exist: Rethinking Binarized Neural
// Network Optimization", NeurIPS 2019, algorithm 1.
//   m <- (1 - gamma) m + gamma dL/dw;   w <- -w where w m > threshold
// m is not reset by a flip. Where w m meets the threshold exactly, w stays; `tie: "positive"` makes it +1, as the
// authors' code does. Latent weights from outside count by their signs, and are +-1 after the next update.
#pragma once

#include "base/scalar_math.h"
#include "optimizers/noiseless.h"

namespace bayesbinn {

struct Bop : SignWeights<Bop> {
  static constexpr const char* kName = "bop";
  static constexpr bool kInitialFromLayer = false;

  enum class Tie { keep, positive };

  enum Slot { gradient_average };
  static constexpr const char* kSlots[] = {"gradient_average"};

  struct Hyper : NoiselessHyper {
    double gamma, threshold;
    Tie tie;

    template <class Visitor>
    void visit(Visitor& v) {
      v.number("gamma", gamma, from_to(0, 1));
      v.number("threshold", threshold, at_least(0));
      v.choice("tie", tie, {{"keep", Tie::keep}, {"positive", Tie::positive}});
    }
    bool slot_used(int slot) const { return slot == gradient_average; }
  };

  struct Step {
    float gamma, one_minus_gamma, threshold;
    bool tie_positive;
  };

  static Step step(const Hyper& hyper, uint64_t, int64_t) {
    return {static_cast<float>(hyper.gamma), static_cast<float>(1 - hyper.gamma), static_cast<float>(hyper.threshold),
            hyper.tie == Tie::positive};
  }

  static float initial(const Hyper&, float, float u, float) { return u < 0.5f ? -1.0f : 1.0f; }

  BB_FORMULA float pullback_without_noise(float g, const Weight&, const Step&) { return g; }

  BB_FORMULA void update(Weight& weight, float gradient, const Step& step) {
    const float w = mode(weight.latent);
    const float m = step.one_minus_gamma * weight.slot[gradient_average] + step.gamma * gradient;
    weight.slot[gradient_average] = m;
    const float against = w * m;
    const float kept = against > step.threshold ? -w : w;
    const bool tied = (int{step.tie_positive} & int{against == step.threshold}) != 0;
    weight.latent = select(tied, 1.0f, kept);
  }
};

}  // namespace bayesbinn
