// What a method is to this project: a set of formulas over single weights. The backend supplies the loop, core the
// bookkeeping. A method is a struct with
//
//   kName, kClaims                   name in specs; whether it owns binary or real parameters
//   kInitialFromLayer                whether first latent weights are the layer's proposals
//   Hyper { visit, samples, slot_used, initial_uses_normal }
//                                    hyperparameters: one field list drives parsing, checking and changing
//   kSlots[]                         names of the state arrays beside the latent weight, one at least
//   kChecksSlots                     whether an overflow of a slot may only stop the latent weight, which stays finite:
//                                    then slots are checked as well
//   Step step(hyper, t, samples)     the scalars of update t (from 1), computed once in double
//   initial(hyper, proposed, u, z)   first latent weight from the layer's proposal, a uniform and a standard normal
//   initial_slot(hyper, slot, latent)
//   absent_slot(hyper, slot)         the constant that stands for a slot where slot_used says no
//   noise(u)                         noise of a weight from a uniform
//   materialize(weight, noise, step) latent -> weight of the forward pass
//   pullback(g, weight, noise, step) dL/dw -> contribution to the gradient of the update, summed over the samples
//   update(weight, gradient, step)   one step of the latent weight and its slots
//   mode(latent), probability(latent, step)  weight of an evaluation; probability that a binary weight is +1
//   distribution(hyper)              what a histogram of the weights shows: their probabilities, their latent weights,
//                                    which then lie in a range, or nothing
//   signs(step), positive(weight, noise)  whether materialize gives +-1, so that weights can be bits; and then, which
//
// and statements that let the loop leave out work without changing a bit:
//   materialize_needs_noise(step), pullback_needs_noise(step): where not, materialize_without_noise(weight, step) and
//   pullback_without_noise(g, weight, step) hold
//   settled(weight, step): with noise in [2^-24, 1-2^-24] neither needs noise nor an exponential; then
//   materialize_settled(weight, step) and pullback_settled(g, weight, step) hold
//
// A method with two forms of its update has second_update(step), and update_second(weight, gradient, step) beside
// update: each form gets a loop of its own, so that one costs nothing where the other is used.
//
// noiseless.h has what methods without noise share. What runs in the loop is a BB_FORMULA. Where the sum over weight
// samples has to be a mean, pullback divides by the samples that `step` was given.
#pragma once

#include "base/host_device.h"
#include "base/options.h"

namespace bayesbinn {

enum class ParameterKind { binary, real };

constexpr int kMaxSlots = 5;

enum class Quantity { none, probability, latent };

struct Distribution {
  Quantity quantity;
  float low = 0, high = 1;  // of latent weights; what lies beyond counts at the ends
};

// A latent weight with its state, in registers.
struct Weight {
  float latent;
  float slot[kMaxSlots];
};

}  // namespace bayesbinn
