// Dropout of whole channels of an image: neighbouring pixels tell much the same, so that dropping some of them takes
// little away. Tompson et al., "Efficient Object Localization Using Convolutional Networks", CVPR 2015.
#include "layers/dropout.h"

namespace bayesbinn {
namespace {

class Dropout2d final : public Dropout {
 public:
  using Dropout::Dropout;

  Shape infer(std::span<const Shape> inputs, std::span<const std::string> input_names) override {
    const Shape& shape = only_image(inputs, input_names);
    flags_ = {channels(shape), spatial_size(shape)};
    return shape;
  }
};

}  // namespace

LayerFactory dropout2d_layer() {
  return [](std::string name, OptionReader& reader) -> std::unique_ptr<Layer> {
    return std::make_unique<Dropout2d>(std::move(name), read_options<DropoutOptions>(reader));
  };
}

}  // namespace bayesbinn
