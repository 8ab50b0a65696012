// y = the largest value of each channel.
#include "layers/pooling.h"

namespace bayesbinn {

LayerFactory global_max_pool2d_layer() {
  return [](std::string name, OptionReader& reader) -> std::unique_ptr<Layer> {
    reader.finish();
    return std::make_unique<MaxPooling>(std::move(name));
  };
}

}  // namespace bayesbinn
