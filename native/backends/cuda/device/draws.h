// Addresses of random numbers for kernels.
#pragma once

#include "base/philox.h"

namespace bayesbinn::cuda {

// Where steps are queued ahead of the host, the device itself counts them: the draw's step is then read from there.
struct QueuedDraw {
  Draw draw;
  const uint32_t* step;  // null: the draw's own
  uint32_t steps_later;

  BB_FORMULA Draw resolve(const QueuedDraw& queued) {
    Draw draw = queued.draw;
    if (queued.step) draw.step = *queued.step + queued.steps_later;
    return draw;
  }
};

}  // namespace bayesbinn::cuda
