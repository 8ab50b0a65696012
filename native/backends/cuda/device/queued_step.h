// A training step that the device runs by itself: where steps are queued ahead of the host, what changes from step to step
// lies in device memory, at places that stay the same, so that a captured graph of launches does for all steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/philox.h"

namespace bayesbinn::cuda {

// The step at hand. The first kernel of a step fills it in, the last one hands its results over.
struct QueuedStep {
  uint32_t number;        // of the session's steps: the step of its draws
  uint32_t position;      // among those queued together
  uint32_t first_sample;  // of the batch, within the order of the data set's samples
  uint32_t halted;        // an earlier step, or this one, went wrong: weights and statistics stay as they are
  double share;           // of a weight sample in loss and correct
  double loss, correct;   // sums over the batch, as they are complete
  unsigned long long flips;
  uint32_t not_finite;
  uint32_t unused;
};

// Results of an update, where the host waits for them.
struct UpdateOutcome {
  unsigned long long flips;
  uint32_t not_finite;
  uint32_t unused;
};

// Null: steps are not queued.
BB_FORMULA bool halted(const QueuedStep* queued) { return queued && queued->halted != 0; }

// A draw whose step is that of the queued step, where there is one.
struct QueuedDraw {
  Draw draw;
  const QueuedStep* queued;  // null: as the draw says
  uint32_t steps_later;      // than the queued one

  BB_FORMULA Draw resolve(const QueuedDraw& of) {
    Draw draw = of.draw;
    if (of.queued) draw.step = of.queued->number + of.steps_later;
    return draw;
  }
};

// Samples of a batch by their numbers in a data set.
struct QueuedIndices {
  const uint32_t* list;      // device memory: the batch, or, with a queued step, all of an epoch
  const QueuedStep* queued;  // null: the batch begins with the list

  BB_FORMULA const uint32_t* resolve(const QueuedIndices& of) {
    return of.queued ? of.list + of.queued->first_sample : of.list;
  }
};

// The scalars of a formula, its Step: with the launch, or in device memory where steps are queued.
struct QueuedScalars {
  const void* queued;  // null: `value`
  alignas(16) std::byte value[128];

  template <class Step>
  BB_FORMULA Step resolve(const QueuedScalars& of) {
    static_assert(sizeof(Step) <= sizeof of.value);
    if (of.queued) return *static_cast<const Step*>(of.queued);
    Step step;
    std::memcpy(&step, of.value, sizeof step);
    return step;
  }
};

}  // namespace bayesbinn::cuda
