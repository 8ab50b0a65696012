// A binary parameter with its optimizer's state, made by hand.
#pragma once

#include <vector>

#include "checks/fixtures.h"
#include "optimizers/list.h"

namespace bayesbinn::checks {

// Half of the latent weights within the noise, the others beyond it or at its ends.
inline float latent_weight() {
  switch (rng.below(8)) {
    case 0: return rng.between(8.0f, 9.5f);
    case 1: return -rng.between(8.0f, 9.5f);
    case 2: return rng.between(-40.0f, 40.0f);
    case 3: return 0.0f;
    default: return rng.between(-1.0f, 1.0f);
  }
}

// A parameter [outputs][inputs][taps] that lies somewhere within its optimizer's arrays.
struct Parameter {
  static constexpr int64_t kBefore = 5, kAfter = 3;
  using Method = BayesBinn;

  Parameter(Backend& owner, const PackedShape& packed_shape, int64_t samples, bool stale)
      : backend(owner),
        count(packed_shape.outputs * packed_shape.inputs * packed_shape.taps),
        all(count + kBefore + kAfter),
        hyper{.learning_rate = 1e-3,
              .momentum_rate = 0.9,
              .temperature = 1e-10,
              .sample_count = samples,
              .estimator = Method::Estimator::sample,
              .initial_lambda = 1,
              .initial_spread = 0,
              .prior_lambda = 0.25,
              .kl_weight = 0.5,
              .train_set_size = 10,
              .epsilon = 1e-10,
              .saturation = 0x1p-24,
              .per_weight_prior = false,
              .stale_mu = stale},
        step(Method::step(hyper, 3, samples)),
        latent(backend, all * 4),
        momentum(backend, all * 4),
        previous(backend, all * 4),
        pulled_back(backend, all * 4),
        values(backend, count * 4),
        packed(backend, backend.packed_bytes(packed_shape)),
        segment{kBefore, count, values.floats(), packed.data(), packed_shape} {
    for (int64_t i = 0; i < all; ++i) {
      latent.floats()[i] = latent_weight();
      momentum.floats()[i] = rng.between(-1, 1);
      previous.floats()[i] = latent.floats()[i] + rng.between(-0.1f, 0.1f);
    }
    pass.formula = Optimizers::find(Method::kName);
    pass.step = &step;
    pass.count = all;
    pass.latent = latent.floats();
    pass.slots = {momentum.floats(), stale ? previous.floats() : nullptr, nullptr};
    for (int s = 0; s < kMaxSlots; ++s) pass.absent_slots[static_cast<size_t>(s)] = Method::absent_slot(hyper, s);
    pass.pulled_back = samples > 1 ? pulled_back.floats() : nullptr;
    pass.noise = {nullptr, {7, 11, 0, Stream::weights, 1}};
    pass.sample = 0;
    pass.samples = samples;
    pass.update = false;
    pass.segments = {&segment, 1};
    pass.packed = true;
    pass.next = nullptr;
    pass.not_finite = &not_finite;
  }

  std::vector<float> unpacked() const {
    std::vector<float> weights(static_cast<size_t>(count));
    backend.unpack(segment, weights.data());
    return weights;
  }
  // As float32 values of the same pass.
  std::vector<float> unpacked_values(void (Backend::*materialize)(const OptimizerPass&)) {
    pass.packed = false;
    (backend.*materialize)(pass);
    pass.packed = true;
    return {values.floats(), values.floats() + count};
  }
  std::vector<float> uniforms(const Draw& draw) const {
    std::vector<float> u(static_cast<size_t>(all));
    backend.draw_uniform(draw, 0, all, u.data());
    return {u.begin() + kBefore, u.end() - kAfter};
  }
  Weight weight(int64_t i) const {
    const int64_t at = kBefore + i;
    return {latent.floats()[at],
            {momentum.floats()[at], step.stale ? previous.floats()[at] : pass.absent_slots[1], pass.absent_slots[2]}};
  }

  Backend& backend;
  int64_t count, all;
  Method::Hyper hyper;
  Method::Step step;
  Memory latent, momentum, previous, pulled_back, values, packed;
  std::atomic<bool> not_finite{false};
  WeightSegment segment;
  OptimizerPass pass = {};
};

}  // namespace bayesbinn::checks
