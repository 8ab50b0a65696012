// The channels of two or more inputs, one input after the other; all other axes are equal.
#include "layers/layer.h"

namespace bayesbinn {
namespace {

class Concatenate final : public Layer {
 public:
  using Layer::Layer;

  Shape infer(std::span<const Shape> inputs, std::span<const std::string> input_names) override {
    Shape shape = several_alike(inputs, input_names, 1);
    shape[0] = 0;
    for (const Shape& input : inputs) {
      parts_.push_back({channels(input), 1, spatial_size(input)});
      shape[0] += channels(input);
    }
    whole_ = {shape[0], 1, parts_[0].columns};
    return shape;
  }

  void forward(const Pass& pass, const ForwardIo& io) override {
    int64_t channel = 0;
    for (size_t i = 0; i < parts_.size(); ++i) {
      const ImagePart place = {io.output.data, whole_, channel};
      pass.backend.copy_part({io.inputs[i].data, parts_[i]}, place, parts_[i], pass.batch);
      channel += parts_[i].channels;
    }
  }

  void backward(const Pass& pass, const BackwardIo& io) override {
    int64_t channel = 0;
    for (size_t i = 0; i < parts_.size(); ++i) {
      const ImagePart place = {io.output_gradient.data, whole_, channel};
      channel += parts_[i].channels;
      if (!io.input_gradients[i].data) continue;
      pass.backend.copy_part(place, {io.input_gradients[i].data, parts_[i]}, parts_[i], pass.batch);
    }
  }

 private:
  // Whole channels are copied: all their positions are one row.
  std::vector<ImageShape> parts_;
  ImageShape whole_ = {};
};

}  // namespace

LayerFactory concatenate_layer() {
  return [](std::string name, OptionReader& reader) -> std::unique_ptr<Layer> {
    reader.finish();
    return std::make_unique<Concatenate>(std::move(name));
  };
}

}  // namespace bayesbinn
