// The binary weights of a layer under BayesBiNN at the settings of mnist-mlp, as a session keeps them.
#pragma once

#include <atomic>
#include <functional>

#include "backends/backend.h"
#include "optimizers/bayesbinn.h"

namespace bayesbinn::bench {

class BinaryWeights {
 public:
  // lambda(): first natural parameter of the next weight.
  BinaryWeights(Backend& backend, const PackedShape& shape, const std::function<float()>& lambda);
  BinaryWeights(const BinaryWeights&) = delete;
  BinaryWeights& operator=(const BinaryWeights&) = delete;
  ~BinaryWeights();

  // Signs drawn from the posterior, as bits and as float32.
  Weights packed();
  Weights dense();

  // The posterior pass of one step: takes the gradients of rows begin..end-1 (outputs), moves lambda, draws the weights
  // of the next step and packs them. `begin_update` comes before the rows of a step.
  void begin_update();
  void update_rows(int64_t begin, int64_t end, const float* gradient);

  // Where the gradient of all weights goes in the step that follows.
  GradientTarget next_step() {
    begin_update();
    return {&pass_, &segment_, nullptr};
  }

  int64_t count() const { return segment_.count; }

 private:
  float* allocate(int64_t bytes);
  void materialize(bool packed);

  Backend& backend_;
  std::vector<void*> memory_;
  BayesBinn::Step step_;
  WeightSegment segment_ = {};
  OptimizerPass pass_ = {};
  Draw next_ = {};
  std::atomic<bool> not_finite_{false};
  std::atomic<int64_t> flips_{0};
};

}  // namespace bayesbinn::bench
