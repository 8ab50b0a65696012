#include "core/memory_plan.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace bayesbinn {

int64_t plan_memory(std::vector<PlannedBuffer>& buffers) {
  constexpr int64_t kAlignment = 64;
  constexpr int64_t kMost = int64_t{1} << 48;  // more than any address space: sums stay far from overflow
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return buffers[a].bytes > buffers[b].bytes; });

  std::vector<const PlannedBuffer*> placed;  // by offset
  int64_t total = 0;
  for (const size_t at : order) {
    PlannedBuffer& buffer = buffers[at];
    int64_t offset = 0;
    for (const PlannedBuffer* other : placed) {
      const bool alive_together = buffer.first <= other->last && other->first <= buffer.last;
      if (!alive_together) continue;
      if (offset + buffer.bytes <= other->offset) break;
      const int64_t end = other->offset + other->bytes;
      offset = std::max(offset, (end + kAlignment - 1) / kAlignment * kAlignment);
    }
    if (offset > kMost - buffer.bytes) {
      throw Error(ErrorCode::out_of_memory, "a network of more than 2^48 bytes", {{"asked", "more than 2^48"}});
    }
    buffer.offset = offset;
    total = std::max(total, offset + buffer.bytes);
    const auto by_offset = [](const PlannedBuffer* a, const PlannedBuffer* b) { return a->offset < b->offset; };
    placed.insert(std::upper_bound(placed.begin(), placed.end(), &buffer, by_offset), &buffer);
  }
  return total;
}

}  // namespace bayesbinn
