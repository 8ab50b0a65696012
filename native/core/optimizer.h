// A method at work: the parameters that it owns, side by side in flat arrays, and its state.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/buffer.h"
#include "core/method.h"
#include "core/network.h"

namespace bayesbinn {

// Recorded noise must be uniforms in (0, 1). ERR_OPTION_RANGE.
void check_noise(std::span<const float> noise);

// Numbers of weights in equal parts of a range; none where there is no quantity.
struct Histogram {
  Distribution distribution;
  std::vector<int64_t> counts;
};

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

  // Memory for steps of `samples` weight samples, and how much that takes.
  void allocate(int64_t samples);
  int64_t planned_bytes(int64_t samples) const;
  // First latent weights and state. False, with only some of them set, where `stop` was seen between pieces.
  bool initialize(uint64_t seed, const std::atomic<bool>& stop);

  std::string path() const { return "optimizers[" + std::to_string(index_) + "]"; }
  Method& method() { return *method_; }
  const Method& method() const { return *method_; }
  const std::vector<Claim>& claims() const { return claims_; }
  int64_t count() const { return count_; }
  int64_t bytes() const;
  uint64_t updates() const { return updates_; }
  void set_updates(uint64_t updates) { updates_ = updates; }

  enum class Update { none, commit, commit_and_materialize_next };
  // A step of `samples` weight samples: settles the scalars and the form of the weights. ERR_OUT_OF_MEMORY.
  void begin_step(uint64_t seed, uint32_t step, Update update);
  void begin_sample(int64_t sample);
  // The scalars of a step to come, as hyperparameters are now.
  Method::Step scalars(uint64_t steps_later) const;
  // Of the step begun: what its ops depend on beside what is handed to a queue for each step.
  std::string form() const;
  // False where the update gave a latent weight, or state of one, that is no finite number.
  bool commit_step() noexcept;
  // Binary weights whose mode the last update changed.
  int64_t flips() const { return flips_; }

  // For the steps that follow: noise in place of drawn numbers (device memory; null: drawn), weights as float32 values,
  // gradients kept in `store`.
  void record(const float* noise, bool values, float* store);

  // Of the step begun.
  bool needs_noise() const { return method_->sampling_needs_noise(step_); }

  // Whether the weights of the step begun are bits.
  bool packed() const { return pass_.packed; }

  const OptimizerPass& pass() const { return pass_; }
  // Weights of the step begun.
  void materialize();
  // Weights for an evaluation.
  void materialize_mode();
  void materialize_sample(const Draw& draw);
  // Of what the method keeps for its weights, as hyperparameters are now. Not between the parts of a step.
  Histogram histogram(int64_t bins);
  // Weights as float32, in and out; in: only after `record` with values.
  void set_weights(const float* host);
  void copy_weights(float* host);

  float* latent() const { return latent_.floats(); }
  // After a change of latent weights from outside.
  void forget_weights() { materialized_.reset(); }
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
  // 0: never packed.
  int64_t packed_bytes(const Claim& claim) const;
  // Binds the parameters to their weights as bits, or as float32 values, for which there is memory from then on.
  void use_weights(bool packed);

  Buffer latent_, pulled_back_, kept_noise_;
  std::vector<WeightSegment> segments_;
  std::vector<Buffer> packed_, values_;  // a segment each
  std::optional<Draw> materialized_;     // the noise that the packed weights were drawn by, if they are current
  Draw next_ = {};
  std::atomic<bool> not_finite_{false};
  std::atomic<int64_t> flips_{0};
  bool recorded_values_ = false;
  std::array<Buffer, kMaxSlots> slots_;
  const float* recorded_noise_ = nullptr;
};

}  // namespace bayesbinn
