#include "base/shape.h"

#include "base/error.h"

namespace bayesbinn {

int64_t element_count(const Shape& shape) {
  int64_t count = 1;
  for (const int64_t size : shape) {
    if (size < 1 || count > kMaxElements / size) {
      throw Error(ErrorCode::shape_mismatch, "shape " + to_string(shape) + " is empty or too large");
    }
    count *= size;
  }
  return count;
}

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

int64_t spatial_size(const Shape& shape) { return element_count(shape) / channels(shape); }

}  // namespace bayesbinn
