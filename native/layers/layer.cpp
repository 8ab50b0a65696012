#include "layers/layer.h"

namespace bayesbinn {

const Shape& Layer::only(std::span<const Shape> inputs, const std::string& layer) {
  if (inputs.size() != 1) {
    throw Error(ErrorCode::shape_mismatch,
                "layer \"" + layer + "\" has " + std::to_string(inputs.size()) + " inputs, accepted: 1");
  }
  return inputs[0];
}

}  // namespace bayesbinn
