#include "base/conv_shape.h"

#include <string>

#include "base/error.h"
#include "base/shape.h"

namespace bayesbinn {
namespace {

void check(const ConvAxis& axis, const char* name) {
  const auto text = [](int64_t value) { return std::to_string(value); };
  if (axis.size < 1 || axis.kernel < 1 || axis.stride < 1 || axis.padding < 0 || axis.padding > kMaxElements) {
    throw Error(ErrorCode::shape_mismatch, std::string("convolution, ") + name + ": size " + text(axis.size) +
                                               ", kernel " + text(axis.kernel) + ", stride " + text(axis.stride) +
                                               ", padding " + text(axis.padding) +
                                               " given, accepted: from 1, padding from 0");
  }
  const int64_t padded = axis.size + 2 * axis.padding;
  if (axis.kernel > padded) {
    throw Error(ErrorCode::shape_mismatch, std::string("convolution: a kernel of ") + text(axis.kernel) + ' ' + name +
                                               " given, accepted: at most the " + text(padded) +
                                               " of the padded input");
  }
}

}  // namespace

void check(const ConvShape& shape) {
  check(shape.rows, "rows");
  check(shape.columns, "columns");
  element_count({shape.batch, shape.in, shape.rows.size, shape.columns.size});
  element_count({shape.batch, shape.out, shape.rows.out(), shape.columns.out()});
  element_count({shape.out, shape.in, shape.rows.kernel, shape.columns.kernel});
}

}  // namespace bayesbinn
