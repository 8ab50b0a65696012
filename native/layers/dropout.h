// Training: y = x keep / (1 - rate), keep = 0 with probability `rate`; else: y = x. A flag belongs to a value or to a
// whole channel.
#pragma once

#include "layers/layer.h"

namespace bayesbinn {

struct DropoutOptions {
  double rate;

  template <class Visitor>
  void visit(Visitor& v) {
    v.number("rate", rate, from_below(0, 1));
  }
};

class Dropout : public Layer {
 public:
  Dropout(std::string name, const DropoutOptions& options) : Layer(std::move(name)), options_(options) {}

  Shape infer(std::span<const Shape> inputs, std::span<const std::string>) override {
    flags_ = {element_count(only(inputs, name())), 1};
    return inputs[0];
  }

  int64_t mask_flags() const override { return flags_.channels; }

  void plan(const Backend& backend, int64_t max_batch) override {
    saved = {{backend.mask_bytes(flags_.channels, max_batch)}};
  }

  void forward(const Pass& pass, const ForwardIo& io) override {
    if (pass.phase != Phase::train) return pass.backend.copy(io.inputs[0], io.output, pass.batch);
    const ChannelBatch shape = {pass.batch, flags_};
    if (pass.recorded_mask) {
      pass.backend.import_dropout_mask(pass.recorded_mask, flags_.channels, pass.batch, saved[0].data);
      pass.backend.dropout(shape, io.inputs[0].data, saved[0].data, options_.rate, io.output.data);
    } else {
      Draw draw = pass.dropout;
      draw.index = index;
      pass.backend.draw_dropout(draw, shape, io.inputs[0].data, options_.rate, saved[0].data, io.output.data);
    }
  }

  void backward(const Pass& pass, const BackwardIo& io) override {
    if (!io.input_gradients[0].data) return;
    if (pass.phase != Phase::train) return pass.backend.copy(io.output_gradient, io.input_gradients[0], pass.batch);
    pass.backend.dropout({pass.batch, flags_}, io.output_gradient.data, saved[0].data, options_.rate,
                         io.input_gradients[0].data);
  }

 protected:
  ChannelShape flags_ = {};  // channels with a flag each

 private:
  DropoutOptions options_;
};

}  // namespace bayesbinn
