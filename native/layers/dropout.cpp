// Training: y = x keep / (1 - rate), keep = 0 with probability `rate`; evaluation: y = x.
// Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 2014.
#include "layers/layer.h"

namespace bayesbinn {
namespace {

struct DropoutOptions {
  double rate;

  template <class Visitor>
  void visit(Visitor& v) {
    v.number("rate", rate, from_below(0, 1));
  }
};

class Dropout final : public Layer {
 public:
  Dropout(std::string name, const DropoutOptions& options) : Layer(std::move(name)), options_(options) {}

  Shape infer(std::span<const Shape> inputs, std::span<const std::string>) override {
    features_ = element_count(only(inputs, name()));
    return inputs[0];
  }

  bool takes_mask() const override { return true; }

  void plan(const Backend& backend, int64_t max_batch) override {
    saved = {{backend.mask_bytes(features_, max_batch)}};
  }

  void forward(const Pass& pass, const ForwardIo& io) override {
    if (pass.phase == Phase::eval) {
      pass.backend.copy(io.output.data, io.inputs[0].data, pass.backend.activation_bytes(features_, pass.batch));
      return;
    }
    if (pass.recorded_mask) {
      pass.backend.import_dropout_mask(pass.recorded_mask, features_, pass.batch, saved[0].data);
      pass.backend.dropout(io.inputs[0], saved[0].data, options_.rate, io.output, pass.batch);
    } else {
      Draw draw = pass.dropout;
      draw.index = index;
      pass.backend.draw_dropout(draw, io.inputs[0], options_.rate, saved[0].data, io.output, pass.batch);
    }
  }

  void backward(const Pass& pass, const BackwardIo& io) override {
    if (!io.input_gradients[0].data) return;
    if (pass.phase == Phase::eval) {
      pass.backend.copy(io.input_gradients[0].data, io.output_gradient.data,
                        pass.backend.activation_bytes(features_, pass.batch));
      return;
    }
    pass.backend.dropout(io.output_gradient, saved[0].data, options_.rate, io.input_gradients[0], pass.batch);
  }

 private:
  DropoutOptions options_;
  int64_t features_ = 0;
};

}  // namespace

LayerFactory dropout_layer() {
  return [](std::string name, OptionReader& reader) -> std::unique_ptr<Layer> {
    return std::make_unique<Dropout>(std::move(name), read_options<DropoutOptions>(reader));
  };
}

}  // namespace bayesbinn
