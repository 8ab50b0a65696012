#include "core/memory_plan.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace bayesbinn {

namespace {

constexpr int64_t kMost = int64_t{1} << 48;  // more than any address space: sums stay far from overflow

int64_t aligned(int64_t offset) { return (offset + 63) / 64 * 64; }

void check_end(int64_t offset, int64_t bytes) {
  if (offset <= kMost - bytes) return;
  throw Error(ErrorCode::out_of_memory, "a network of more than 2^48 bytes", {{"asked", "more than 2^48"}});
}

}  // namespace

int64_t append_memory(int64_t& total, int64_t bytes) {
  const int64_t offset = aligned(total);
  check_end(offset, bytes);
  total = offset + bytes;
  return offset;
}

int64_t plan_memory(std::vector<PlannedBuffer>& buffers) {
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
      offset = std::max(offset, aligned(other->offset + other->bytes));
    }
    check_end(offset, buffer.bytes);
    buffer.offset = offset;
    total = std::max(total, offset + buffer.bytes);
    const auto by_offset = [](const PlannedBuffer* a, const PlannedBuffer* b) { return a->offset < b->offset; };
    placed.insert(std::upper_bound(placed.begin(), placed.end(), &buffer, by_offset), &buffer);
  }
  return total;
}

}  // namespace bayesbinn
