// The straight-through estimator: signs of latent real weights forwards, their gradient passed to these backwards.
// Hinton's lectures, 2012; Bengio, Leonard, Courville, arXiv 1308.3432, 2013; with Adam and clipped latent weights as
// in Courbariaux, Bengio, David, "BinaryConnect", NIPS 2015.
//   w = sign(r), 0 counting as +1;   g = dL/dw, with the mask dL/dw [|r| <= 1]
//   r <- clip(r - change(clip(g))), see adam_rule.h
#pragma once

#include <cmath>

#include "base/scalar_math.h"
#include "optimizers/adam_rule.h"
#include "optimizers/noiseless.h"

namespace bayesbinn {

struct Ste : SignWeights<Ste> {
  static constexpr const char* kName = "ste";

  enum Slot { first_moment, second_moment };
  static constexpr const char* kSlots[] = {"first_moment", "second_moment"};

  struct Hyper : NoiselessHyper {
    ClippedAdamRule::Hyper rule;
    bool latent_mask;

    template <class Visitor>
    void visit(Visitor& v) {
      rule.visit(v);
      v.flag("latentMask", latent_mask);
    }
    bool slot_used(int slot) const { return slot <= second_moment; }
  };

  struct Step {
    ClippedAdamRule::Step rule;
    float masked_beyond;  // |r| up to which gradients pass
  };

  static Step step(const Hyper& hyper, uint64_t t, int64_t) {
    return {ClippedAdamRule::step(hyper.rule, t), hyper.latent_mask ? 1.0f : HUGE_VALF};
  }

  static Distribution distribution(const Hyper& hyper) {
    const float clipped = clip_limit(hyper.rule.weight_clip);
    const float limit = std::isfinite(clipped) ? clipped : 1.0f;
    return {Quantity::latent, -limit, limit};
  }

  BB_FORMULA float pullback_without_noise(float g, const Weight& weight, const Step& step) {
    return magnitude(weight.latent) <= step.masked_beyond ? g : 0.0f;
  }

  BB_FORMULA void update(Weight& weight, float gradient, const Step& step) {
    weight.latent = ClippedAdamRule::stepped(weight.latent, gradient, weight.slot[first_moment],
                                             weight.slot[second_moment], step.rule);
  }
};

}  // namespace bayesbinn
