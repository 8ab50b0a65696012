// y = tanh(x)
#include "layers/activation.h"

namespace bayesbinn {

LayerFactory tanh_layer() {
  return [](std::string name, OptionReader& reader) -> std::unique_ptr<Layer> {
    reader.finish();
    return std::make_unique<ActivationLayer>(std::move(name), Activation::tanh);
  };
}

}  // namespace bayesbinn
