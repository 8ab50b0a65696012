// [channels, rows, columns] as a vector, in that order.
#include "layers/layer.h"

namespace bayesbinn {
namespace {

class Flatten final : public Layer {
 public:
  using Layer::Layer;

  Shape infer(std::span<const Shape> inputs, std::span<const std::string>) override {
    features_ = element_count(only(inputs, name()));
    return {features_};
  }

  void forward(const Pass& pass, const ForwardIo& io) override { move(pass, io.inputs[0], io.output); }

  void backward(const Pass& pass, const BackwardIo& io) override {
    if (io.input_gradients[0].data) move(pass, io.output_gradient, io.input_gradients[0]);
  }

 private:
  void move(const Pass& pass, Tensor from, Tensor to) const {
    pass.backend.copy(to.data, from.data, pass.backend.activation_bytes(features_, pass.batch));
  }

  int64_t features_ = 0;
};

}  // namespace

LayerFactory flatten_layer() {
  return [](std::string name, OptionReader& reader) -> std::unique_ptr<Layer> {
    reader.finish();
    return std::make_unique<Flatten>(std::move(name));
  };
}

}  // namespace bayesbinn
