// Clipping by value. A limit that float32 cannot hold, such as the largest double, clips nothing; one below its normal
// numbers is the least of them, since 0 would stop the weights.
#pragma once

#include <cmath>
#include <limits>

#include "base/host_device.h"
#include "base/options.h"

namespace bayesbinn {

constexpr Range clip_limits() { return above(0); }

inline float clip_limit(double limit) {
  using Float = std::numeric_limits<float>;
  if (limit > Float::max()) return HUGE_VALF;
  return limit < Float::min() ? Float::min() : static_cast<float>(limit);
}

// x within +-limit. NaN passes: a defect upstream must reach the check of the weights.
BB_FORMULA float clip(float x, float limit) {
  x = x > limit ? limit : x;
  return x < -limit ? -limit : x;
}

}  // namespace bayesbinn
