// Places buffers with known lifetimes in one block of memory, so that those that are never alive together share it.
#pragma once

#include <cstdint>
#include <vector>

namespace bayesbinn {

struct PlannedBuffer {
  int64_t bytes;
  int first;  // alive from this moment to the last, both included
  int last;
  int64_t offset = 0;  // out: a multiple of 64
};

// Offset of `bytes` put behind `total`, which grows by them. ERR_OUT_OF_MEMORY beyond any address space.
int64_t append_memory(int64_t& total, int64_t bytes);

// Sets the offsets, largest buffers first, each at the lowest place free during its life. Returns the bytes needed.
int64_t plan_memory(std::vector<PlannedBuffer>& buffers);

}  // namespace bayesbinn
