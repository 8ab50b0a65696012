// Maps and displacements of a batch's resampling, for kernels.
#pragma once

#include <cstdint>

#include "backends/cuda/device/queued_step.h"
#include "base/displacement.h"

namespace bayesbinn::cuda {

// Device memory, one value a sample: of the batch, or, with a queued step, of all steps that were queued together.
template <class T>
struct QueuedList {
  const T* values;
  const QueuedStep* queued;  // null: the batch begins with the list
  int64_t values_per_step;

  BB_FORMULA const T* resolve(const QueuedList& of) {
    return of.queued ? of.values + of.queued->position * of.values_per_step : of.values;
  }
};

using QueuedMaps = QueuedList<AffineMap>;
using QueuedDisplacements = QueuedList<Displacement>;

}  // namespace bayesbinn::cuda
