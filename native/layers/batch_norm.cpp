// y = (x - mean) / sqrt(variance + eps) * gain + bias, a channel at a time. Ioffe, Szegedy, "Batch Normalization", ICML
// 2015. Training uses the batch's statistics (biased variance) and moves the running ones (unbiased variance) by
// running <- (1 - momentum) running + momentum batch; evaluation uses the running ones. With a single value a channel
// the variance of the batch is 0. Re-estimation does as training with momentum = share, see Pass.
#include "layers/layer.h"

namespace bayesbinn {
namespace {

struct BatchNormOptions {
  double momentum;
  double epsilon;
  bool affine;

  template <class Visitor>
  void visit(Visitor& v) {
    v.number("momentum", momentum, from_to(0, 1));
    v.number("epsilon", epsilon, above(0));
    v.flag("affine", affine);
  }
};

class BatchNorm final : public Layer {
 public:
  BatchNorm(std::string name, const BatchNormOptions& options) : Layer(std::move(name)), options_(options) {}

  Shape infer(std::span<const Shape> inputs, std::span<const std::string>) override {
    const Shape& shape = only(inputs, name());
    shape_ = {channels(shape), spatial_size(shape)};
    const Shape one_a_channel = {shape_.channels};
    if (options_.affine) {
      parameters.push_back({"weight", one_a_channel, ParameterKind::real, Initial::ones, 1, 1});
      parameters.push_back({"bias", one_a_channel, ParameterKind::real, Initial::zeros, 1, 1});
    }
    statistics.push_back({"running_mean", one_a_channel, 0.0f});
    statistics.push_back({"running_var", one_a_channel, 1.0f});
    return shape;
  }

  bool backward_reads_inputs() const override { return true; }
  bool backward_reads_output() const override { return relu_; }
  bool take_over(Activation activation) override { return relu_ = activation == Activation::relu; }

  void plan(const Backend&, int64_t) override {
    const auto bytes = static_cast<int64_t>(shape_.channels * sizeof(float));
    saved = {{bytes}, {bytes}};
  }

  void forward(const Pass& pass, const ForwardIo& io) override {
    const ChannelBatch shape = {pass.batch, shape_};
    float* const running_mean = statistics[0].working;
    float* const running_variance = statistics[1].working;
    BatchNormParameters with = values();
    if (pass.phase == Phase::reestimate) with.momentum = pass.share;
    if (pass.phase == Phase::eval) {
      pass.backend.batch_norm_eval(shape, with, io.inputs[0].data, io.output.data, mean(), inverse_deviation(),
                                   running_mean, running_variance);
    } else {
      pass.backend.batch_norm_train(shape, with, io.inputs[0].data, io.output.data, mean(), inverse_deviation(),
                                    running_mean, running_variance);
    }
  }

  void backward(const Pass& pass, const BackwardIo& io) override {
    const GradientTarget none;
    pass.backend.batch_norm_gradient({pass.batch, shape_}, values(), pass.phase == Phase::train, io.inputs[0].data,
                                     io.output.data, io.output_gradient.data, mean(), inverse_deviation(),
                                     io.input_gradients[0].data, options_.affine ? parameters[0].gradient : none,
                                     options_.affine ? parameters[1].gradient : none);
  }

 private:
  BatchNormParameters values() const {
    return {options_.affine ? parameters[0].weights.values : nullptr,
            options_.affine ? parameters[1].weights.values : nullptr, options_.epsilon, options_.momentum, relu_};
  }
  float* mean() const { return static_cast<float*>(saved[0].data); }
  float* inverse_deviation() const { return static_cast<float*>(saved[1].data); }

  BatchNormOptions options_;
  ChannelShape shape_ = {};
  bool relu_ = false;
};

}  // namespace

LayerFactory batch_norm_layer() {
  return [](std::string name, OptionReader& reader) -> std::unique_ptr<Layer> {
    return std::make_unique<BatchNorm>(std::move(name), read_options<BatchNormOptions>(reader));
  };
}

}  // namespace bayesbinn
