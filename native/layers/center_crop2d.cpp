// The middle of an image [channels, rows, columns]. With d rows too many, round(d / 2) of them go above it, halves to
// the even number; columns likewise.
#include "layers/layer.h"

namespace bayesbinn {
namespace {

// d / 2, halves to even.
int64_t half(int64_t d) { return d / 2 + (d % 4 == 3 ? 1 : 0); }

class CenterCrop2d final : public Layer {
 public:
  CenterCrop2d(std::string name, int64_t rows, int64_t columns)
      : Layer(std::move(name)), rows_(rows), columns_(columns) {}

  Shape infer(std::span<const Shape> inputs, std::span<const std::string> input_names) override {
    const Shape& shape = only_image(inputs, input_names);
    if (shape[1] < rows_ || shape[2] < columns_) {
      throw Error(ErrorCode::shape_mismatch, "layer \"" + name() + "\" crops to " + std::to_string(rows_) + " by " +
                                                 std::to_string(columns_) + ", but \"" + input_names[0] + "\" gives " +
                                                 to_string(shape));
    }
    image_ = {shape[0], shape[1], shape[2]};
    crop_ = {shape[0], rows_, columns_};
    return {shape[0], rows_, columns_};
  }

  void forward(const Pass& pass, const ForwardIo& io) override {
    pass.backend.copy_part(middle(io.inputs[0]), {io.output.data, crop_}, crop_, pass.batch);
  }

  void backward(const Pass& pass, const BackwardIo& io) override {
    const Tensor target = io.input_gradients[0];
    if (!target.data) return;
    pass.backend.zero(target, pass.batch);
    pass.backend.copy_part({io.output_gradient.data, crop_}, middle(target), crop_, pass.batch);
  }

 private:
  ImagePart middle(Tensor image) const {
    return {image.data, image_, 0, half(image_.rows - rows_), half(image_.columns - columns_)};
  }

  int64_t rows_, columns_;
  ImageShape image_ = {}, crop_ = {};
};

}  // namespace

LayerFactory center_crop2d_layer() {
  return [](std::string name, OptionReader& reader) -> std::unique_ptr<Layer> {
    const auto size = reader.integer_list("size", integers(1, 1 << 24));
    reader.finish();
    if (size.size() != 2) {
      throw Error(ErrorCode::option_range, reader.path() + ".size: " + std::to_string(size.size()) +
                                               " numbers given, accepted: 2, rows and columns");
    }
    return std::make_unique<CenterCrop2d>(std::move(name), size[0], size[1]);
  };
}

}  // namespace bayesbinn
