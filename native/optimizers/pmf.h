// PMF, proximal mean-field: the mean of a Bernoulli distribution a weight, annealed until it is a sign.
// Ajanthan, Dokania, Hartley, Torr, "Proximal Mean-field for Neural Network Quantization", ICCV 2019, algorithm 1
// (their softmax projection), for the levels -1 and +1.
//   w = tanh(beta u);   g = dL/du = beta (1 - w^2) dL/dw
//   u <- u - alpha weightDecay u - change(g), see adam_rule.h;   beta at most maxBeta
// P(w = +1) = sigmoid(2 beta u), whose mean is the w of training; the mode is sign(u), 0 counting as +1.
//
// The authors have an auxiliary value for each level, u0 and u1 with u = (u1 - u0) / 2, and their code has another
// gradient: with s = softmax(beta (u0, u1)), p = softmax(beta s) and G = (-dL/dw, dL/dw) it is beta G (I - p p^T) in
// place of beta G (diag(s) - s s^T). Each value has its own Adam, with L2 decay within. `gradient: "authors"` does
// that; the latent weight is then u, and slots hold the mean of the two values and the moments of u1 and of u0.
#pragma once

#include <cmath>

#include "base/scalar_math.h"
#include "optimizers/adam_rule.h"
#include "optimizers/noiseless.h"

namespace bayesbinn {

struct Pmf : BinaryWeights<Pmf> {
  static constexpr const char* kName = "pmf";

  enum class Gradient { exact, authors };

  enum Slot { first_moment, second_moment, auxiliary_mean, low_first_moment, low_second_moment };
  static constexpr const char* kSlots[] = {"first_moment", "second_moment", "auxiliary_mean", "low_first_moment",
                                           "low_second_moment"};

  struct Hyper : NoiselessHyper {
    AdamRule::Hyper adam;
    double beta, max_beta, weight_decay;
    Gradient gradient;

    template <class Visitor>
    void visit(Visitor& v) {
      adam.visit(v);
      v.number("beta", beta, above(0));
      v.number("maxBeta", max_beta, above(0));
      v.number("weightDecay", weight_decay, at_least(0));
      v.choice("gradient", gradient, {{"exact", Gradient::exact}, {"authors", Gradient::authors}});
    }
    bool slot_used(int slot) const { return slot <= second_moment || gradient == Gradient::authors; }
  };

  struct Step {
    AdamRule::Step adam;
    float beta, decay, l2;
    bool authors;
  };

  static Step step(const Hyper& hyper, uint64_t t, int64_t) {
    const double beta = std::fmin(std::fmin(hyper.beta, hyper.max_beta), kLargestBeta);
    return {AdamRule::step(hyper.adam, t), static_cast<float>(beta),
            static_cast<float>(hyper.adam.learning_rate * hyper.weight_decay), static_cast<float>(hyper.weight_decay),
            hyper.gradient == Gradient::authors};
  }

  static Distribution distribution(const Hyper&) { return {Quantity::probability}; }

  static bool signs(const Step&) { return false; }

  BB_FORMULA float materialize_without_noise(const Weight& weight, const Step& step) {
    return tanh_float(step.beta * weight.latent);
  }

  BB_FORMULA float pullback_without_noise(float g, const Weight& weight, const Step& step) {
    return select(step.authors, g, step.beta * sech2_float(step.beta * weight.latent) * g);
  }

  BB_FORMULA void update(Weight& weight, float gradient, const Step& step) {
    const float change = AdamRule::change(gradient, weight.slot[first_moment], weight.slot[second_moment], step.adam);
    weight.latent = weight.latent - step.decay * weight.latent - change;
  }

  static bool second_update(const Step& step) { return step.authors; }

  // Of the authors' form; `gradient` is dL/dw.
  BB_FORMULA void update_second(Weight& weight, float gradient, const Step& step) {
    const float half = 0.5f * tanh_float(0.5f * step.beta * tanh_float(step.beta * weight.latent));  // (p1 - p0) / 2
    float low = weight.slot[auxiliary_mean] - weight.latent;
    float high = weight.slot[auxiliary_mean] + weight.latent;
    const float scaled = step.beta * gradient;
    const float low_gradient = -scaled * (1.0f + 2.0f * half * (0.5f - half)) + step.l2 * low;
    const float high_gradient = scaled * (1.0f - 2.0f * half * (0.5f + half)) + step.l2 * high;
    low -= AdamRule::change(low_gradient, weight.slot[low_first_moment], weight.slot[low_second_moment], step.adam);
    high -= AdamRule::change(high_gradient, weight.slot[first_moment], weight.slot[second_moment], step.adam);
    weight.slot[auxiliary_mean] = 0.5f * (high + low);
    weight.latent = 0.5f * (high - low);
  }

  BB_FORMULA float probability(float latent, const Step& step) { return sigmoid_float(2.0f * step.beta * latent); }

 private:
  // Where float32 ends, 2 beta u of u = 0 is no number. From here on w has long been a sign, and beta times the least
  // that sech2_float gives, 4.8e-38, is still next to nothing.
  static constexpr double kLargestBeta = 1e30;
};

}  // namespace bayesbinn
