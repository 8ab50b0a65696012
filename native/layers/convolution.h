// What conv2d and convTranspose2d share: options, weights and messages. Both are written against the ConvShape of a
// convolution: the transposed layer reads what that calls its output, and gives what that calls its input.
#pragma once

#include "layers/bias.h"

namespace bayesbinn {

struct ConvolutionOptions {
  int64_t channels;
  RowsColumns kernel, stride, padding;
  ParameterKind weights;
  Bias bias;

  template <class Visitor>
  void visit(Visitor& v) {
    v.number("channels", channels, integers(1, 1 << 24));
    v.rows_columns("kernelSize", kernel, integers(1, 1 << 16));
    v.rows_columns("stride", stride, integers(1, 1 << 16));
    v.rows_columns("padding", padding, integers(0, 1 << 16));
    v.choice("weights", weights, {{"binary", ParameterKind::binary}, {"real", ParameterKind::real}});
    visit_bias(v, bias);
  }

  // For an input of rows x columns of the convolution.
  ConvShape shape(int64_t in, int64_t out, int64_t rows, int64_t columns) const {
    return {1,
            in,
            out,
            {rows, kernel.rows, stride.rows, padding.rows},
            {columns, kernel.columns, stride.columns, padding.columns}};
  }
};

// A layer of images with the weights of a convolution.
class ConvolutionLayer : public Layer {
 public:
  ConvolutionLayer(std::string name, const ConvolutionOptions& options) : Layer(std::move(name)), options_(options) {}

  bool backward_reads_inputs() const override { return true; }

  int64_t scratch_bytes(const Backend& backend, int64_t max_batch) const override {
    ConvShape shape = shape_;
    shape.batch = max_batch;
    return backend.conv2d_scratch_bytes(shape);
  }

 protected:
  [[noreturn]] void refuse(const Shape& given, const std::string& from, const std::string& accepted) const {
    throw Error(ErrorCode::shape_mismatch, "layer " + quoted(name()) + " takes " + accepted + ", but " + quoted(from) +
                                               " gives " + to_string(given));
  }

  // Weights of the convolution `shape` and the bias of this layer, which reads `inputs` channels: Glorot's limit knows
  // only the sum of the fans, so that it is the same for the layer and its transpose.
  void add_parameters(const ConvShape& shape, int64_t inputs) {
    shape_ = shape;
    const int64_t taps = shape.taps();
    const int64_t fan_in = inputs * taps;
    const int64_t fan_out = options_.channels * taps;
    const Shape weights = {shape.out, shape.in, shape.rows.kernel, shape.columns.kernel};
    parameters.push_back({"weight", weights, options_.weights, Initial::glorot_uniform, fan_in, fan_out});
    if (options_.weights == ParameterKind::binary) parameters.back().packed = {shape.out, shape.in, taps};
    add_bias(parameters, options_.bias, options_.channels, fan_in, fan_out);
  }

  ConvShape shape(const Pass& pass) const {
    ConvShape shape = shape_;
    shape.batch = pass.batch;
    return shape;
  }
  const float* bias() const { return parameters.size() > 1 ? parameters[1].weights.values : nullptr; }
  // From the gradient of the output, `pixels` a channel.
  void bias_gradient(const Pass& pass, int64_t pixels, const float* output_gradient) const {
    if (parameters.size() < 2) return;
    pass.backend.bias_gradient({pass.batch, {options_.channels, pixels}}, output_gradient, parameters[1].gradient);
  }

  ConvolutionOptions options_;

 private:
  ConvShape shape_ = {};
};

}  // namespace bayesbinn
