// How element-wise work is cut: by the shapes alone, so that results do not depend on the number of threads.
#pragma once

#include <algorithm>
#include <cstdint>

namespace bayesbinn::BAYESBINN_ISA {

// Values of a task.
constexpr int64_t kElementBlock = 16384;

// Channels that make about a block, one at least.
inline int64_t channel_block(int64_t values_a_channel) {
  return std::max<int64_t>(1, kElementBlock / values_a_channel);
}

}  // namespace bayesbinn::BAYESBINN_ISA
