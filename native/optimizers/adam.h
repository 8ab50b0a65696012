// Adam for real-valued parameters, see adam_rule.h.
//   w <- clip(w - change(clip(g)))
#pragma once

#include "optimizers/adam_rule.h"
#include "optimizers/noiseless.h"

namespace bayesbinn {

struct Adam : RealWeights<Adam> {
  static constexpr const char* kName = "adam";

  enum Slot { first_moment, second_moment };
  static constexpr const char* kSlots[] = {"first_moment", "second_moment"};

  struct Hyper : NoiselessHyper {
    ClippedAdamRule::Hyper rule;

    template <class Visitor>
    void visit(Visitor& v) {
      rule.visit(v);
    }
    bool slot_used(int slot) const { return slot <= second_moment; }
  };

  struct Step {
    ClippedAdamRule::Step rule;
    float sample_share;
  };

  static Step step(const Hyper& hyper, uint64_t t, int64_t samples) {
    return {ClippedAdamRule::step(hyper.rule, t), 1.0f / static_cast<float>(samples)};
  }

  BB_FORMULA float pullback_without_noise(float g, const Weight&, const Step& step) { return step.sample_share * g; }

  BB_FORMULA void update(Weight& weight, float gradient, const Step& step) {
    weight.latent = ClippedAdamRule::stepped(weight.latent, gradient, weight.slot[first_moment],
                                             weight.slot[second_moment], step.rule);
  }
};

}  // namespace bayesbinn
