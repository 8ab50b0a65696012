// Shape of one sample, without the batch: [features] or [channels, rows, columns].
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bayesbinn {

using Shape = std::vector<int64_t>;

// Largest number of elements of a sample, a weight tensor or an activation: sizes stay far from overflow.
constexpr int64_t kMaxElements = (int64_t{1} << 31) - 1;

// Product of the dimensions; throws ERR_SHAPE_MISMATCH beyond kMaxElements.
int64_t element_count(const Shape& shape);

// "[3, 32, 32]"
std::string to_string(const Shape& shape);

// First dimension: features of a vector, channels of an image.
inline int64_t channels(const Shape& shape) { return shape.front(); }

// Elements a channel: 1 for a vector.
int64_t spatial_size(const Shape& shape);

}  // namespace bayesbinn
