// y = the mean of each window; padding counts as 0.
#include "layers/pooling.h"

namespace bayesbinn {

LayerFactory average_pool2d_layer() {
  return [](std::string name, OptionReader& reader) -> std::unique_ptr<Layer> {
    return std::make_unique<AveragePooling>(std::move(name), read_pool_options(reader));
  };
}

}  // namespace bayesbinn
