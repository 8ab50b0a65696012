// Sizes of 2-d pooling: a window moves over each channel of an image and gives one value a place. What lies beyond the
// edges takes no part; with a padding of at most half the window, every window holds a pixel of the image.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/conv_shape.h"

namespace bayesbinn {

struct PoolShape {
  int64_t batch, channels;
  ConvAxis rows, columns;  // `kernel`: the window

  int64_t taps() const { return rows.kernel * columns.kernel; }
  int64_t in_pixels() const { return rows.size * columns.size; }
  int64_t out_pixels() const { return rows.out() * columns.out(); }
  // Pixels of the image that a window can hold, and those of one of its rows.
  int64_t most_columns() const { return std::min(columns.kernel, columns.size); }
  int64_t most_pixels() const { return std::min(rows.kernel, rows.size) * most_columns(); }
};

}  // namespace bayesbinn
