// The transpose of a convolution, and a bias: y is the input gradient of a convolution whose output gradient is x, with
// weights [in, out, kernel rows, kernel columns]. Forward and input gradient change places.
#include "layers/convolution.h"

namespace bayesbinn {
namespace {

struct TransposedOptions : ConvolutionOptions {
  RowsColumns output_padding;

  template <class Visitor>
  void visit(Visitor& v) {
    ConvolutionOptions::visit(v);
    v.rows_columns("outputPadding", output_padding, integers(0, (1 << 16) - 1));
  }
};

class ConvTranspose2d final : public ConvolutionLayer {
 public:
  ConvTranspose2d(std::string name, const TransposedOptions& options)
      : ConvolutionLayer(std::move(name), options), output_padding_(options.output_padding) {}

  Shape infer(std::span<const Shape> inputs, std::span<const std::string> input_names) override {
    const Shape& given = only_image(inputs, input_names);
    const RowsColumns& stride = options_.stride;
    // With a stride more, the convolution would have another output.
    if (output_padding_.rows >= stride.rows || output_padding_.columns >= stride.columns) {
      throw Error(ErrorCode::option_range, "layer " + quoted(name()) + ": outputPadding " +
                                               to_string(Shape{output_padding_.rows, output_padding_.columns}) +
                                               " given, accepted: less than the stride " +
                                               to_string(Shape{stride.rows, stride.columns}));
    }
    const auto size = [](int64_t from, int64_t step, int64_t kernel, int64_t padding, int64_t more) {
      return (from - 1) * step + kernel - 2 * padding + more;
    };
    const int64_t rows = size(given[1], stride.rows, options_.kernel.rows, options_.padding.rows, output_padding_.rows);
    const int64_t columns =
        size(given[2], stride.columns, options_.kernel.columns, options_.padding.columns, output_padding_.columns);
    if (rows < 1 || columns < 1) {
      refuse(given, input_names[0],
             "images of which a padding of " + to_string(Shape{options_.padding.rows, options_.padding.columns}) +
                 " leaves something");
    }
    element_count({options_.channels, rows, columns});
    const ConvShape shape = options_.shape(options_.channels, given[0], rows, columns);
    check(shape);
    add_parameters(shape, given[0]);
    return {options_.channels, rows, columns};
  }

  void forward(const Pass& pass, const ForwardIo& io) override {
    const ExchangedProducts exchanged(pass.backend.profile);
    pass.backend.conv2d_input_gradient(shape(pass), io.inputs[0].data, parameters[0].weights, bias(), io.output.data);
  }

  // The input gradient first: the weight gradient may change the weights.
  void backward(const Pass& pass, const BackwardIo& io) override {
    const ExchangedProducts exchanged(pass.backend.profile);
    const ConvShape shape = this->shape(pass);
    if (io.input_gradients[0].data) {
      pass.backend.conv2d(shape, io.output_gradient.data, parameters[0].weights, nullptr, io.input_gradients[0].data);
    }
    bias_gradient(pass, shape.in_pixels(), io.output_gradient.data);
    pass.backend.conv2d_weight_gradient(shape, io.inputs[0].data, io.output_gradient.data, parameters[0].gradient);
  }

 private:
  RowsColumns output_padding_;
};

}  // namespace

LayerFactory conv_transpose2d_layer() {
  return [](std::string name, OptionReader& reader) -> std::unique_ptr<Layer> {
    return std::make_unique<ConvTranspose2d>(std::move(name), read_options<TransposedOptions>(reader));
  };
}

}  // namespace bayesbinn
