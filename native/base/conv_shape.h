// Sizes of a 2-d convolution: y[o][r][c] = sum over i, kr, kc of w[o][i][kr][kc] x[i][r s - p + kr][c s - p + kc],
// with zeros beyond the edges of x.
#pragma once

#include <cstdint>

namespace bayesbinn {

// One of the two axes of the images.
struct ConvAxis {
  int64_t size;  // of the input
  int64_t kernel, stride;
  int64_t padding;  // zeros on either side

  int64_t out() const { return (size + 2 * padding - kernel) / stride + 1; }
};

struct ConvShape {
  int64_t batch, in, out;  // samples and channels
  ConvAxis rows, columns;

  int64_t taps() const { return rows.kernel * columns.kernel; }
  int64_t in_pixels() const { return rows.size * columns.size; }
  int64_t out_pixels() const { return rows.out() * columns.out(); }
};

// Throws ERR_SHAPE_MISMATCH where the kernel does not fit into the padded input, a size is not positive, or an array is
// too large.
void check(const ConvShape& shape);

}  // namespace bayesbinn
