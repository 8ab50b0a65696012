#pragma once

#include <cstdint>

namespace bayesbinn {

// a / b rounded up, for positive b and a >= 0.
constexpr int64_t ceil_divide(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace bayesbinn
