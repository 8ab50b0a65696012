// y = x * W + b: a cross-correlation with zeros beyond the edges, weights [out, in, kernel rows, kernel columns].
#include "layers/convolution.h"

namespace bayesbinn {
namespace {

class Conv2d final : public ConvolutionLayer {
 public:
  using ConvolutionLayer::ConvolutionLayer;

  Shape infer(std::span<const Shape> inputs, std::span<const std::string> input_names) override {
    const Shape& given = only_image(inputs, input_names);
    const ConvShape shape = options_.shape(given[0], options_.channels, given[1], given[2]);
    const int64_t rows = given[1] + 2 * options_.padding.rows;
    const int64_t columns = given[2] + 2 * options_.padding.columns;
    if (options_.kernel.rows > rows || options_.kernel.columns > columns) {
      refuse(given, input_names[0],
             "images that its kernel of " + to_string(Shape{options_.kernel.rows, options_.kernel.columns}) +
                 " fits into with a padding of " + to_string(Shape{options_.padding.rows, options_.padding.columns}));
    }
    check(shape);
    add_parameters(shape, given[0]);
    return {options_.channels, shape.rows.out(), shape.columns.out()};
  }

  void forward(const Pass& pass, const ForwardIo& io) override {
    pass.backend.conv2d(shape(pass), io.inputs[0].data, parameters[0].weights, bias(), io.output.data);
  }

  // The input gradient first: the weight gradient may change the weights.
  void backward(const Pass& pass, const BackwardIo& io) override {
    const ConvShape shape = this->shape(pass);
    if (io.input_gradients[0].data) {
      pass.backend.conv2d_input_gradient(shape, io.output_gradient.data, parameters[0].weights, nullptr,
                                         io.input_gradients[0].data);
    }
    bias_gradient(pass, shape.out_pixels(), io.output_gradient.data);
    pass.backend.conv2d_weight_gradient(shape, io.output_gradient.data, io.inputs[0].data, parameters[0].gradient);
  }
};

}  // namespace

LayerFactory conv2d_layer() {
  return [](std::string name, OptionReader& reader) -> std::unique_ptr<Layer> {
    return std::make_unique<Conv2d>(std::move(name), read_options<ConvolutionOptions>(reader));
  };
}

}  // namespace bayesbinn
