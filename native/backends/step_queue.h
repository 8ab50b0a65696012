// Training steps that a device runs by itself, for backends whose host can run ahead of it: what changes from step to step
// is handed over for several steps at once, the ops of each are queued, and the results are fetched at the end. Steps of
// one form launch the same work, which a backend may record the first times and replay from then on.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/displacement.h"

namespace bayesbinn {

// Steps one after the other, of full batches or of one smaller batch.
struct StepChunk {
  int64_t steps;
  uint32_t first_number;  // of the session's steps
  int64_t first_sample;   // of the first batch in the order
  int64_t batch;
  int64_t weight_samples;  // a step
  int64_t optimizers;
  std::span<const uint32_t> order;          // samples of the epoch
  uint64_t order_version;                   // tells orders apart
  std::vector<std::byte> scalars;           // [steps][optimizers], a formula's Step each
  std::vector<AffineMap> maps;              // [steps][batch]; none: nothing is resampled
  std::vector<Displacement> displacements;  // [steps][batch]; none: nothing is displaced
};

struct StepResult {
  double loss, correct;  // sums over the batch, means over the weight samples
  int64_t flips;
  bool not_finite;  // the update gave weights or state that are no finite numbers; steps after it did nothing
  bool done;        // false, with a loss: that is no finite number, and from here on nothing was changed
};

class StepQueue {
 public:
  // Bytes of a formula's Step in StepChunk.
  static constexpr int64_t kScalarBytes = 128;

  virtual ~StepQueue() = default;
  // Steps of a chunk at most.
  virtual int64_t most_steps() const = 0;
  virtual void begin(const StepChunk& chunk) = 0;
  // Queues the next step of the chunk: by `issue`, which calls the ops, or by what is known of its form.
  virtual void step(const std::string& form, const std::function<void()>& issue) = 0;
  // Waits for the steps that were queued; their results.
  virtual std::vector<StepResult> finish() = 0;
  // After an error, in place of `finish`.
  virtual void abandon() noexcept = 0;
};

}  // namespace bayesbinn
