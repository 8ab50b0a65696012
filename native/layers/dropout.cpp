// Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 2014.
#include "layers/dropout.h"

namespace bayesbinn {

LayerFactory dropout_layer() {
  return [](std::string name, OptionReader& reader) -> std::unique_ptr<Layer> {
    return std::make_unique<Dropout>(std::move(name), read_options<DropoutOptions>(reader));
  };
}

}  // namespace bayesbinn
