// [channels, rows, columns] as a vector, in that order.
#include "layers/layer.h"

namespace bayesbinn {
namespace {

class Flatten final : public Layer {
 public:
  using Layer::Layer;

  Shape infer(std::span<const Shape> inputs, std::span<const std::string>) override {
    return {element_count(only(inputs, name()))};
  }

  void forward(const Pass& pass, const ForwardIo& io) override {
    pass.backend.copy(io.inputs[0], io.output, pass.batch);
  }

  void backward(const Pass& pass, const BackwardIo& io) override {
    if (io.input_gradients[0].data) pass.backend.copy(io.output_gradient, io.input_gradients[0], pass.batch);
  }
};

}  // namespace

LayerFactory flatten_layer() {
  return [](std::string name, OptionReader& reader) -> std::unique_ptr<Layer> {
    reader.finish();
    return std::make_unique<Flatten>(std::move(name));
  };
}

}  // namespace bayesbinn
