// A method at work: the parameters that it owns, side by side in flat arrays, and its state.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/buffer.h"
#include "core/method.h"
#include "core/network.h"

namespace bayesbinn {

// Recorded noise must be uniforms in (0, 1). ERR_OPTION_RANGE.
void check_noise(std::span<const float> noise);

class Optimizer {
 public:
  struct Claim {
    std::string name;
    Parameter* parameter;
    int64_t first, count;  // place in the arrays
  };

  // Claims the parameters that `spec` names among `parameters`, whose `claimed` flags it sets. ERR_OPTIMIZER_CLAIM.
  Optimizer(Backend& backend, const Value& spec, uint32_t index, std::vector<NamedParameter>& parameters,
            std::vector<bool>& claimed);

  // Memory for steps of `samples` weight samples.
  void allocate(int64_t samples);
  // First latent weights and state.
  void initialize(uint64_t seed);

  Method& method() { return *method_; }
  const Method& method() const { return *method_; }
  const std::vector<Claim>& claims() const { return claims_; }
  int64_t count() const { return count_; }
  int64_t bytes() const;
  uint64_t updates() const { return updates_; }
  void set_updates(uint64_t updates) { updates_ = updates; }

  // A step of `samples` weight samples: settles the scalars and points the parameters' gradients at this optimizer.
  void begin_step(uint64_t seed, uint32_t step, bool update);
  void begin_sample(int64_t sample);
  void commit_step() { ++updates_; }

  // Noise and weights in place of drawn ones (device memory; null: drawn), gradients kept in `store`.
  void record(const float* noise, float* store);

  // Of the step begun.
  bool needs_noise() const { return method_->sampling_needs_noise(step_); }

  const OptimizerPass& pass() const { return pass_; }
  void materialize() { backend_.materialize(pass_); }
  void materialize_mode() { backend_.materialize_mode(pass_); }
  void materialize_sample(const Draw& draw);

  float* latent() const { return latent_.floats(); }
  float* weights() const { return weights_.floats(); }
  // null: the method does without.
  float* slot(int slot) const { return slots_[static_cast<size_t>(slot)].floats(); }

 private:
  Backend& backend_;
  uint32_t index_;
  std::unique_ptr<Method> method_;
  std::vector<Claim> claims_;
  int64_t count_ = 0;
  int64_t samples_ = 1;
  uint64_t updates_ = 0;
  Method::Step step_ = {};
  OptimizerPass pass_ = {};
  Buffer latent_, weights_, pulled_back_;
  std::array<Buffer, kMaxSlots> slots_;
  const float* recorded_noise_ = nullptr;
};

}  // namespace bayesbinn
