// What methods without noise have in common: they say materialize_without_noise and pullback_without_noise, and the
// other forms are these. `Method` derives from what is here, and may have members of its own in their place.
#pragma once

#include "optimizers/formula.h"

namespace bayesbinn {

// Base of their hyperparameters.
struct NoiselessHyper {
  bool initial_uses_normal() const { return false; }
  int64_t samples() const { return 1; }
};

template <class Method>
struct Noiseless {
  static constexpr bool kInitialFromLayer = true;
  static constexpr bool kChecksSlots = true;

  template <class Hyper>
  static float initial(const Hyper&, float proposed, float, float) {
    return proposed;
  }
  template <class Hyper>
  static float initial_slot(const Hyper&, int, float) {
    return 0.0f;
  }
  template <class Hyper>
  static Distribution distribution(const Hyper&) {
    return {Quantity::none};
  }
  template <class Hyper>
  static float absent_slot(const Hyper&, int) {
    return 0.0f;
  }
  template <class Step>
  static bool materialize_needs_noise(const Step&) {
    return false;
  }
  template <class Step>
  static bool pullback_needs_noise(const Step&) {
    return false;
  }

  template <class Step>
  BB_FORMULA bool settled(const Weight&, const Step&) {
    return false;
  }
  BB_FORMULA float noise(float u) { return u; }
  template <class Step>
  BB_FORMULA float materialize(const Weight& weight, float, const Step& step) {
    return Method::materialize_without_noise(weight, step);
  }
  template <class Step>
  BB_FORMULA float materialize_settled(const Weight& weight, const Step& step) {
    return Method::materialize_without_noise(weight, step);
  }
  template <class Step>
  BB_FORMULA float pullback(float g, const Weight& weight, float, const Step& step) {
    return Method::pullback_without_noise(g, weight, step);
  }
  template <class Step>
  BB_FORMULA float pullback_settled(float g, const Weight& weight, const Step& step) {
    return Method::pullback_without_noise(g, weight, step);
  }
};

// Methods for real-valued parameters: the weight is the latent one.
template <class Method>
struct RealWeights : Noiseless<Method> {
  static constexpr ParameterKind kClaims = ParameterKind::real;

  template <class Step>
  static bool signs(const Step&) {
    return false;
  }

  template <class Step>
  BB_FORMULA float materialize_without_noise(const Weight& weight, const Step&) {
    return weight.latent;
  }
  BB_FORMULA bool positive(const Weight& weight, float) { return weight.latent >= 0.0f; }
  BB_FORMULA float mode(float latent) { return latent; }
  template <class Step>
  BB_FORMULA float probability(float, const Step&) {
    return 1.0f;
  }
};

// Methods for binary parameters: an evaluation sees the sign of the latent weight, 0 counting as +1.
template <class Method>
struct BinaryWeights : Noiseless<Method> {
  static constexpr ParameterKind kClaims = ParameterKind::binary;

  BB_FORMULA bool positive(const Weight& weight, float) { return weight.latent >= 0.0f; }
  BB_FORMULA float mode(float latent) { return latent >= 0.0f ? 1.0f : -1.0f; }
};

// The same in training.
template <class Method>
struct SignWeights : BinaryWeights<Method> {
  template <class Step>
  static bool signs(const Step&) {
    return true;
  }

  template <class Step>
  BB_FORMULA float materialize_without_noise(const Weight& weight, const Step&) {
    return BinaryWeights<Method>::mode(weight.latent);
  }
  template <class Step>
  BB_FORMULA float probability(float latent, const Step&) {
    return latent >= 0.0f ? 1.0f : 0.0f;
  }
};

}  // namespace bayesbinn
