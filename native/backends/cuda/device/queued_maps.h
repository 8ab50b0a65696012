// Maps of a batch's resampling, for kernels.
#pragma once

#include <cstdint>

#include "backends/cuda/device/queued_step.h"
#include "base/resampling.h"

namespace bayesbinn::cuda {

// Device memory, one map a sample: of the batch, or, with a queued step, of all steps that were queued together.
struct QueuedMaps {
  const AffineMap* maps;
  const QueuedStep* queued;  // null: the batch begins with the list
  int64_t maps_per_step;

  BB_FORMULA const AffineMap* resolve(const QueuedMaps& of) {
    return of.queued ? of.maps + of.queued->position * of.maps_per_step : of.maps;
  }
};

}  // namespace bayesbinn::cuda
