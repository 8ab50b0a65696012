// y = the largest value of each window; padding counts as minus infinity.
#include "layers/pooling.h"

namespace bayesbinn {

LayerFactory max_pool2d_layer() {
  return [](std::string name, OptionReader& reader) -> std::unique_ptr<Layer> {
    return std::make_unique<MaxPooling>(std::move(name), read_pool_options(reader));
  };
}

}  // namespace bayesbinn
