// What the pooling layers share: a window over each channel of an image [channels, rows, columns], or all of it.
#pragma once

#include <optional>

#include "layers/layer.h"

namespace bayesbinn {

struct PoolOptions {
  int64_t size, stride, padding;

  template <class Visitor>
  void visit(Visitor& v) {
    v.number("size", size, integers(1, 1 << 24));
    v.number("stride", stride, integers(1, 1 << 24));
    v.number("padding", padding, integers(0, 1 << 23));
  }
};

// With more padding a window could hold no pixel at all.
inline PoolOptions read_pool_options(OptionReader& reader) {
  const auto options = read_options<PoolOptions>(reader);
  if (options.padding > options.size / 2) {
    throw Error(ErrorCode::option_range, reader.path() + ".padding: " + std::to_string(options.padding) +
                                             " given, accepted: at most half the size, " +
                                             std::to_string(options.size / 2));
  }
  return options;
}

class Pooling : public Layer {
 public:
  // Without options one window holds the whole image, and the output is a vector.
  Pooling(std::string name, std::optional<PoolOptions> options = std::nullopt)
      : Layer(std::move(name)), options_(options) {}

  Shape infer(std::span<const Shape> inputs, std::span<const std::string> input_names) override {
    const Shape& image = only_image(inputs, input_names);
    shape_ = {0, image[0], axis(image[1]), axis(image[2])};
    for (const ConvAxis& each : {shape_.rows, shape_.columns}) {
      if (each.kernel <= each.size + 2 * each.padding) continue;
      throw Error(ErrorCode::shape_mismatch, "layer \"" + name() + "\" has windows of " + std::to_string(each.kernel) +
                                                 " by " + std::to_string(each.kernel) + ", but \"" + input_names[0] +
                                                 "\" gives " + to_string(image) + " and the padding is " +
                                                 std::to_string(each.padding));
    }
    if (!options_) return {shape_.channels};
    return {shape_.channels, shape_.rows.out(), shape_.columns.out()};
  }

 protected:
  PoolShape shape(int64_t batch) const { return {batch, shape_.channels, shape_.rows, shape_.columns}; }

 private:
  ConvAxis axis(int64_t size) const {
    if (!options_) return {size, size, 1, 0};
    return {size, options_->size, options_->stride, options_->padding};
  }

  std::optional<PoolOptions> options_;
  PoolShape shape_ = {};
};

// y = the largest value of each window. The backward pass needs to know which it was: a byte an output (two or four for
// windows beyond 256 or 65536 pixels) is kept for it, so that the input, which has several floats for each such byte,
// need not live on.
class MaxPooling final : public Pooling {
 public:
  using Pooling::Pooling;

  void plan(const Backend& backend, int64_t max_batch) override { saved = {{backend.winner_bytes(shape(max_batch))}}; }

  void forward(const Pass& pass, const ForwardIo& io) override {
    pass.backend.max_pool2d(shape(pass.batch), io.inputs[0].data, io.output.data,
                            pass.backward_follows ? saved[0].data : nullptr);
  }

  void backward(const Pass& pass, const BackwardIo& io) override {
    if (!io.input_gradients[0].data) return;
    pass.backend.max_pool2d_gradient(shape(pass.batch), io.output_gradient.data, saved[0].data,
                                     io.input_gradients[0].data);
  }
};

// y = the sum of each window divided by its size; what is padded counts as 0.
class AveragePooling final : public Pooling {
 public:
  using Pooling::Pooling;

  void forward(const Pass& pass, const ForwardIo& io) override {
    pass.backend.average_pool2d(shape(pass.batch), io.inputs[0].data, io.output.data);
  }

  void backward(const Pass& pass, const BackwardIo& io) override {
    if (!io.input_gradients[0].data) return;
    pass.backend.average_pool2d_gradient(shape(pass.batch), io.output_gradient.data, io.input_gradients[0].data);
  }
};

}  // namespace bayesbinn
