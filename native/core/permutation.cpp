#include "core/permutation.h"

#include <numeric>
#include <utility>

#include "base/philox.h"

namespace bayesbinn {

std::vector<uint32_t> permutation(int64_t count, uint64_t seed, uint32_t epoch) {
  std::vector<uint32_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), 0u);
  const Draw draw = {seed, epoch, 0, Stream::shuffle, 0};
  PhiloxBlock words = {};
  for (uint64_t i = 0; i + 1 < order.size(); ++i) {
    if (i % 4 == 0) words = draw_block(draw, static_cast<uint32_t>(i / 4));
    // Multiplied down to the range: biased by less than 2^-32 times its size.
    const uint64_t left = order.size() - i;
    const uint64_t j = i + (words.word[i % 4] * left >> 32);
    std::swap(order[i], order[j]);
  }
  return order;
}

}  // namespace bayesbinn
