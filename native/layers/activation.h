// Element-wise functions whose gradient follows from their output.
#pragma once

#include "layers/layer.h"

namespace bayesbinn {

class ActivationLayer final : public Layer {
 public:
  ActivationLayer(std::string name, Activation kind) : Layer(std::move(name)), kind_(kind) {}

  Shape infer(std::span<const Shape> inputs, std::span<const std::string>) override { return only(inputs, name()); }

  bool backward_reads_output() const override { return true; }
  std::optional<Activation> activation() const override { return kind_; }

  void forward(const Pass& pass, const ForwardIo& io) override {
    pass.backend.activate(kind_, io.inputs[0], io.output, pass.batch);
  }

  void backward(const Pass& pass, const BackwardIo& io) override {
    if (!io.input_gradients[0].data) return;
    pass.backend.activate_gradient(kind_, io.output, io.output_gradient, io.input_gradients[0], pass.batch);
  }

 private:
  Activation kind_;
};

}  // namespace bayesbinn
