// What a session has of a device's memory.
#pragma once

#include <cstdint>

namespace bayesbinn {

struct DeviceMemory {
  int64_t in_use = 0, most_in_use = 0;  // bytes
  int64_t cached = 0;                   // bytes beside these, kept for what is asked for next
  int64_t allocations = 0, reuses = 0;  // how often the driver was asked, and how often it was not
  int64_t samples_on_host = 0;          // bytes of data sets for which there was no room
};

}  // namespace bayesbinn
