// What the processor can do at most: multiply-adds that wait for nothing.
#pragma once

#include "bench/timing.h"

namespace bayesbinn::bench {

// In the vectors that are fastest here; operations count as two a multiply-add and lane.
Contestant fma_peak(int threads);

}  // namespace bayesbinn::bench
