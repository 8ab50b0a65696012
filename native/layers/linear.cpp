// y = x W^T + b with weights [units, features], binary or real.
#include "layers/bias.h"

namespace bayesbinn {
namespace {

struct LinearOptions {
  int64_t units;
  ParameterKind weights;
  Bias bias;

  template <class Visitor>
  void visit(Visitor& v) {
    v.number("units", units, integers(1, 1 << 24));
    v.choice("weights", weights, {{"binary", ParameterKind::binary}, {"real", ParameterKind::real}});
    visit_bias(v, bias);
  }
};

class Linear final : public Layer {
 public:
  Linear(std::string name, const LinearOptions& options) : Layer(std::move(name)), options_(options) {}

  Shape infer(std::span<const Shape> inputs, std::span<const std::string> input_names) override {
    const Shape& shape = only(inputs, name());
    if (shape.size() != 1) {
      throw Error(ErrorCode::shape_mismatch, "layer \"" + name() + "\" takes vectors, but \"" + input_names[0] +
                                                 "\" gives " + to_string(shape) + ": put a flatten layer between them");
    }
    in_ = shape[0];
    element_count({options_.units, in_});
    parameters.push_back(
        {"weight", {options_.units, in_}, options_.weights, Initial::glorot_uniform, in_, options_.units});
    if (options_.weights == ParameterKind::binary) parameters.back().packed = {options_.units, in_, 1};
    add_bias(parameters, options_.bias, options_.units, in_, options_.units);
    return {options_.units};
  }

  bool backward_reads_inputs() const override { return true; }

  void forward(const Pass& pass, const ForwardIo& io) override {
    const float* bias = parameters.size() > 1 ? parameters[1].weights.values : nullptr;
    pass.backend.linear(shape(pass), io.inputs[0].data, parameters[0].weights, bias, io.output.data);
  }

  void backward(const Pass& pass, const BackwardIo& io) override {
    if (io.input_gradients[0].data) {
      pass.backend.linear_input_gradient(shape(pass), io.output_gradient.data, parameters[0].weights,
                                         io.input_gradients[0].data);
    }
    if (parameters.size() > 1) {
      pass.backend.bias_gradient({pass.batch, {options_.units, 1}}, io.output_gradient.data, parameters[1].gradient);
    }
    pass.backend.linear_weight_gradient(shape(pass), io.output_gradient.data, io.inputs[0].data,
                                        parameters[0].gradient);
  }

 private:
  LinearShape shape(const Pass& pass) const { return {pass.batch, in_, options_.units}; }

  LinearOptions options_;
  int64_t in_ = 0;
};

}  // namespace

LayerFactory linear_layer() {
  return [](std::string name, OptionReader& reader) -> std::unique_ptr<Layer> {
    return std::make_unique<Linear>(std::move(name), read_options<LinearOptions>(reader));
  };
}

}  // namespace bayesbinn
