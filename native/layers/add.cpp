// y = the sum of two or more inputs of one shape. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016.
#include "layers/layer.h"

namespace bayesbinn {
namespace {

class Add final : public Layer {
 public:
  using Layer::Layer;

  Shape infer(std::span<const Shape> inputs, std::span<const std::string> input_names) override {
    return several_alike(inputs, input_names, 0);
  }

  void forward(const Pass& pass, const ForwardIo& io) override {
    pass.backend.add(io.inputs[0], io.inputs[1], io.output, pass.batch);
    for (const Tensor& more : io.inputs.subspan(2)) pass.backend.add(io.output, more, io.output, pass.batch);
  }

  void backward(const Pass& pass, const BackwardIo& io) override {
    for (const Tensor& to : io.input_gradients) {
      if (to.data) pass.backend.copy(io.output_gradient, to, pass.batch);
    }
  }
};

}  // namespace

LayerFactory add_layer() {
  return [](std::string name, OptionReader& reader) -> std::unique_ptr<Layer> {
    reader.finish();
    return std::make_unique<Add>(std::move(name));
  };
}

}  // namespace bayesbinn
