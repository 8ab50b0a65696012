// BayesBiNN: the Bayesian learning rule with a mean-field Bernoulli posterior over weights in {-1, +1}.
// Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning Rule", ICML 2020, equations 8-14.
//
// With natural parameter lambda, prior lambda_0, noise delta = log(u/(1-u))/2 and temperature tau:
//   w      = tanh((lambda + delta) / tau)                                         (relaxed sample, eq. 11)
//   s      = (1 - w^2 + eps) / (tau (1 - mu^2 + eps)),  mu = tanh(lambda)         (eq. 12)
//   g      = (N / S) sum over samples of s dL/dw
//   m     <- beta m + (1 - beta) (g + rho (lambda - lambda_0))
//   lambda <- lambda - alpha m / (1 - beta^t)                                     (eq. 13)
// 1 - x^2 of a tanh is formed as sech^2 without cancellation and counts as 0 below `saturation` (default 2^-24, where
// float32 arithmetic loses it, as in the published results). At tau <= 1e-6 the weights are signs by definition:
// w = sign(lambda + delta) with 0 counting as +1, and 1 - w^2 = 0.
#pragma once

#include <cmath>

#include "base/scalar_math.h"
#include "optimizers/formula.h"

namespace bayesbinn {

struct BayesBinn {
  static constexpr const char* kName = "bayesbinn";
  static constexpr ParameterKind kClaims = ParameterKind::binary;
  static constexpr bool kInitialFromLayer = false;
  static constexpr bool kChecksSlots = false;

  // sample: w is drawn from the relaxed posterior. mean: w = tanh(lambda), g = N dL/dw, one pass and no noise.
  enum class Estimator { sample, mean };

  enum Slot { momentum, previous_lambda, prior };
  static constexpr const char* kSlots[] = {"momentum", "previous_lambda", "prior"};

  struct Hyper {
    double learning_rate, momentum_rate, temperature;
    int64_t sample_count;
    Estimator estimator;
    double initial_lambda, initial_spread, prior_lambda, kl_weight, train_set_size, epsilon, saturation;
    bool per_weight_prior, stale_mu, keep_momentum;

    template <class Visitor>
    void visit(Visitor& v) {
      v.number("learningRate", learning_rate, at_least(0));
      v.number("momentum", momentum_rate, from_below(0, 1));
      v.number("temperature", temperature, above(0));
      v.number("samples", sample_count, integers(1, 1024));
      v.choice("estimator", estimator, {{"sample", Estimator::sample}, {"mean", Estimator::mean}});
      v.number("initialLambda", initial_lambda, at_least(0));
      v.number("initialLambdaSpread", initial_spread, at_least(0));
      v.number("priorLambda", prior_lambda, any_number());
      v.flag("perWeightPrior", per_weight_prior);
      v.number("klWeight", kl_weight, at_least(0));
      v.number("trainSetSize", train_set_size, above(0));
      v.number("epsilon", epsilon, above(0));
      v.number("saturation", saturation, from_below(0, 1));
      v.flag("staleMu", stale_mu);
      v.flag("keepMomentum", keep_momentum);
    }
    bool initial_uses_normal() const { return initial_spread > 0; }
    int64_t samples() const { return estimator == Estimator::sample ? sample_count : 1; }
    bool slot_used(int slot) const {
      // Without momentum the average is the gradient at hand, and nothing is kept from step to step.
      if (slot == momentum) return momentum_rate > 0 || keep_momentum;
      return slot == previous_lambda ? stale_mu : per_weight_prior;
    }
  };

  struct Step {
    float inverse_temperature, scale, epsilon, saturation, beta, one_minus_beta, rate, kl_weight;
    float settled_beyond;  // |lambda| from which neither noise nor an exponential changes a bit
    bool signs, mean, stale;
  };

  static Step step(const Hyper& hyper, uint64_t t, int64_t samples) {
    Step step;
    const double tau = hyper.temperature;
    step.mean = hyper.estimator == Estimator::mean;
    step.signs = !step.mean && tau <= kSignTemperature;
    step.inverse_temperature = static_cast<float>(1 / tau);
    step.scale = static_cast<float>(hyper.train_set_size / static_cast<double>(samples) / (step.mean ? 1 : tau));
    step.epsilon = static_cast<float>(hyper.epsilon);
    step.saturation = static_cast<float>(hyper.saturation);
    step.beta = static_cast<float>(hyper.momentum_rate);
    step.one_minus_beta = static_cast<float>(1 - hyper.momentum_rate);
    step.rate = static_cast<float>(hyper.learning_rate / (1 - std::pow(hyper.momentum_rate, static_cast<double>(t))));
    step.kl_weight = static_cast<float>(hyper.kl_weight);
    step.stale = hyper.stale_mu;
    // |delta| <= 8.32 for 24-bit uniforms, and tanh is +-1 beyond 9.02; exact only where saturation covers that.
    const bool exact = hyper.saturation >= 0x1p-24 && !step.mean;
    step.settled_beyond =
        exact ? static_cast<float>(std::fmax(kLargestNoise + kSaturated * tau, kSaturated)) : HUGE_VALF;
    return step;
  }

  static float initial(const Hyper& hyper, float, float u, float z) {
    const double size = hyper.initial_lambda + hyper.initial_spread * z;
    return static_cast<float>(u < 0.5f ? -size : size);
  }

  static float initial_slot(const Hyper& hyper, int slot, float latent) {
    if (slot == prior) return static_cast<float>(hyper.prior_lambda);
    return slot == previous_lambda ? latent : 0.0f;
  }

  // Missing slots reach the loop as these constants.
  static float absent_slot(const Hyper& hyper, int slot) { return initial_slot(hyper, slot, 0.0f); }

  static Distribution distribution(const Hyper&) { return {Quantity::probability}; }

  static bool signs(const Step& step) { return step.signs; }
  static bool materialize_needs_noise(const Step& step) { return !step.mean; }
  static bool pullback_needs_noise(const Step& step) { return !step.mean && !step.signs; }

  BB_FORMULA bool settled(const Weight& weight, const Step& step) {
    // No short circuit: a branch would keep the loop from being vectorised.
    return (int{magnitude(weight.latent) > step.settled_beyond} &
            int{magnitude(scale_lambda(weight, step)) > step.settled_beyond}) != 0;
  }

  BB_FORMULA float noise(float u) { return half_logit(u); }

  BB_FORMULA float materialize(const Weight& weight, float delta, const Step& step) {
    const float relaxed = tanh_float((weight.latent + delta) * step.inverse_temperature);
    return select(step.signs, positive(weight, delta) ? 1.0f : -1.0f, relaxed);
  }

  BB_FORMULA float materialize_without_noise(const Weight& weight, const Step&) { return tanh_float(weight.latent); }

  BB_FORMULA bool positive(const Weight& weight, float delta) { return weight.latent + delta >= 0.0f; }

  BB_FORMULA float materialize_settled(const Weight& weight, const Step&) { return mode(weight.latent); }

  BB_FORMULA float pullback(float g, const Weight& weight, float delta, const Step& step) {
    const float mu_term = saturated_sech2(scale_lambda(weight, step), step) + step.epsilon;
    const float x = (weight.latent + delta) * step.inverse_temperature;
    return step.scale * ((saturated_sech2(x, step) + step.epsilon) / mu_term) * g;
  }

  // The mean estimator, or signs, whose 1 - w^2 is 0.
  BB_FORMULA float pullback_without_noise(float g, const Weight& weight, const Step& step) {
    const float mu_term = saturated_sech2(scale_lambda(weight, step), step) + step.epsilon;
    return step.scale * select(step.mean, 1.0f, step.epsilon / mu_term) * g;
  }

  BB_FORMULA float pullback_settled(float g, const Weight&, const Step& step) { return step.scale * g; }

  BB_FORMULA void update(Weight& weight, float gradient, const Step& step) {
    const float lambda = weight.latent;
    const float total = gradient + step.kl_weight * (lambda - weight.slot[prior]);
    const float m = step.beta * weight.slot[momentum] + step.one_minus_beta * total;
    weight.slot[momentum] = m;
    weight.slot[previous_lambda] = lambda;
    weight.latent = lambda - step.rate * m;
  }

  BB_FORMULA float mode(float latent) { return latent >= 0.0f ? 1.0f : -1.0f; }

  // P(w = +1) = sigmoid(2 lambda)
  BB_FORMULA float probability(float latent, const Step&) { return sigmoid_float(2.0f * latent); }

 private:
  static constexpr double kSignTemperature = 1e-6;
  static constexpr double kLargestNoise = 8.32;
  static constexpr double kSaturated = 9.02;

  // The lambda whose tanh is mu: with staleMu that of before the last update, as in the authors' code.
  BB_FORMULA float scale_lambda(const Weight& weight, const Step& step) {
    return select(step.stale, weight.slot[previous_lambda], weight.latent);
  }

  BB_FORMULA float saturated_sech2(float x, const Step& step) {
    const float value = sech2_float(x);
    return value < step.saturation ? 0.0f : value;
  }
};

}  // namespace bayesbinn
