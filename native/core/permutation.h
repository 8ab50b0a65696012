// The order of samples in an epoch: a Fisher-Yates shuffle whose draws are those of the shuffle stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bayesbinn {

std::vector<uint32_t> permutation(int64_t count, uint64_t seed, uint32_t epoch);

}  // namespace bayesbinn
