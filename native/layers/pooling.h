// What the pooling layers share: a window over each channel of an image [channels, rows, columns], or all of it.
#pragma once

#include <optional>

#include "layers/layer.h"

namespace bayesbinn {

struct PoolOptions {
  RowsColumns size, stride, padding;

  template <class Visitor>
  void visit(Visitor& v) {
    v.rows_columns("size", size, integers(1, 1 << 16));
    v.rows_columns("stride", stride, integers(1, 1 << 16));
    v.rows_columns("padding", padding, integers(0, 1 << 16));
  }
};

// With more padding a window could hold no pixel at all.
inline PoolOptions read_pool_options(OptionReader& reader) {
  const auto options = read_options<PoolOptions>(reader);
  const RowsColumns most = {options.size.rows / 2, options.size.columns / 2};
  if (options.padding.rows > most.rows || options.padding.columns > most.columns) {
    throw Error(ErrorCode::option_range,
                reader.path() + ".padding: " + to_string(Shape{options.padding.rows, options.padding.columns}) +
                    " given, accepted: at most half the size, " + to_string(Shape{most.rows, most.columns}));
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
    shape_ = {0, image[0], {image[1], image[1], 1, 0}, {image[2], image[2], 1, 0}};
    if (!options_) return {shape_.channels};
    const auto& [size, stride, padding] = *options_;
    shape_.rows = {image[1], size.rows, stride.rows, padding.rows};
    shape_.columns = {image[2], size.columns, stride.columns, padding.columns};
    if (size.rows > image[1] + 2 * padding.rows || size.columns > image[2] + 2 * padding.columns) {
      throw Error(ErrorCode::shape_mismatch,
                  "layer " + quoted(name()) + " has windows of " + to_string(Shape{size.rows, size.columns}) +
                      ", but " + quoted(input_names[0]) + " gives " + to_string(image) + " and the padding is " +
                      to_string(Shape{padding.rows, padding.columns}));
    }
    return {shape_.channels, shape_.rows.out(), shape_.columns.out()};
  }

 protected:
  PoolShape shape(int64_t batch) const { return {batch, shape_.channels, shape_.rows, shape_.columns}; }

 private:
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
