// y = the mean of each channel. Lin et al., "Network In Network", ICLR 2014.
#include "layers/pooling.h"

namespace bayesbinn {

LayerFactory global_average_pool2d_layer() {
  return [](std::string name, OptionReader& reader) -> std::unique_ptr<Layer> {
    reader.finish();
    return std::make_unique<AveragePooling>(std::move(name));
  };
}

}  // namespace bayesbinn
