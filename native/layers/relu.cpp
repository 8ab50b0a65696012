// y = max(x, 0); the gradient at 0 is 0.
#include "layers/activation.h"

namespace bayesbinn {

LayerFactory relu_layer() {
  return [](std::string name, OptionReader& reader) -> std::unique_ptr<Layer> {
    reader.finish();
    return std::make_unique<ActivationLayer>(std::move(name), Activation::relu);
  };
}

}  // namespace bayesbinn
