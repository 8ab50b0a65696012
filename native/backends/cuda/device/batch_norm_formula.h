// y of batch norm before its relu, in the one form that the forward pass and the relu's gradient share bit for bit.
#pragma once

#include "base/host_device.h"

namespace bayesbinn::cuda {

// With the difference formed first: no cancellation for large means. `scale`: inverse deviation * gain.
BB_FORMULA float normalized(float x, float mean, float scale, float shift) { return (x - mean) * scale + shift; }

}  // namespace bayesbinn::cuda
