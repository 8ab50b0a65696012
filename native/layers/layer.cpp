#include "layers/layer.h"

#include <algorithm>

namespace bayesbinn {

const Shape& Layer::only(std::span<const Shape> inputs, const std::string& layer) {
  if (inputs.size() != 1) {
    throw Error(ErrorCode::shape_mismatch,
                "layer \"" + layer + "\" has " + std::to_string(inputs.size()) + " inputs, accepted: 1");
  }
  return inputs[0];
}

const Shape& Layer::only_image(std::span<const Shape> inputs, std::span<const std::string> input_names) const {
  const Shape& shape = only(inputs, name_);
  if (shape.size() != 3) {
    throw Error(ErrorCode::shape_mismatch, "layer \"" + name_ + "\" takes images [channels, rows, columns], but \"" +
                                               input_names[0] + "\" gives " + to_string(shape));
  }
  return shape;
}

const Shape& Layer::several_alike(std::span<const Shape> inputs, std::span<const std::string> input_names,
                                  size_t first_axis) const {
  if (inputs.size() < 2) {
    throw Error(ErrorCode::shape_mismatch,
                "layer \"" + name_ + "\" has " + (inputs.empty() ? "no input" : "1 input") + ", accepted: 2 or more");
  }
  const Shape& first = inputs[0];
  for (size_t i = 1; i < inputs.size(); ++i) {
    const Shape& other = inputs[i];
    const auto from = static_cast<std::ptrdiff_t>(first_axis);
    if (other.size() == first.size() && std::equal(first.begin() + from, first.end(), other.begin() + from)) continue;
    throw Error(ErrorCode::shape_mismatch, "layer \"" + name_ + "\" takes inputs of equal " +
                                               (first_axis == 0 ? "shapes" : "rows and columns") + ", but \"" +
                                               input_names[0] + "\" gives " + to_string(first) + " and \"" +
                                               input_names[i] + "\" gives " + to_string(other));
  }
  return first;
}

}  // namespace bayesbinn
