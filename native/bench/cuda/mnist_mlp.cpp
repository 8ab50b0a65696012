// Kernels of a hidden layer of mnist-mlp: 2048 x 2048 binary weights, batches of 100.
#include "bench/cuda/kernel_row.h"
#include "bench/cuda/layer_arrays.h"

namespace bayesbinn::bench {
namespace {

std::string text(const LinearShape& shape) {
  return std::to_string(shape.batch) + "x" + std::to_string(shape.in) + "x" + std::to_string(shape.out);
}

}  // namespace

std::vector<KernelRow> mnist_mlp_rows(Backend& backend, Size size) {
  const LinearShape shape = size == Size::full ? LinearShape{100, 2048, 2048} : LinearShape{5, 33, 40};
  const auto arrays =
      std::make_shared<LayerArrays>(backend, PackedShape{shape.out, shape.in, 1}, shape.in, shape.out, shape.batch);
  const auto gradient = std::make_shared<Buffer>(random_gradient(backend, shape.out * shape.in));
  const auto norm = std::make_shared<Normalisation>(backend, shape.out);
  const auto mask = std::make_shared<Buffer>(backend, backend.mask_bytes(shape.in, shape.batch));
  const ChannelBatch channels = {shape.batch, {shape.out, 1}};
  const BatchNormParameters parameters = {nullptr, nullptr, 1e-4, 0.15, true};

  const auto weights = static_cast<double>(shape.in) * static_cast<double>(shape.out);
  const double in = static_cast<double>(shape.batch * shape.in);
  const double out = static_cast<double>(shape.batch * shape.out);
  const double product = 2 * weights * static_cast<double>(shape.batch);
  const std::string size_text = text(shape);
  return {
      {"linear, packed weights", size_text, weights / 8 + kFloat * (in + out), product,
       [=, &backend] { backend.linear(shape, arrays->x.floats(), arrays->packed, nullptr, arrays->y.floats()); }},
      {"linear input gradient", size_text, weights / 8 + kFloat * (in + out), product,
       [=, &backend] {
         backend.linear_input_gradient(shape, arrays->dy.floats(), arrays->packed, arrays->dx.floats());
       }},
      // The gradient is written and read once between the two kernels.
      {"weight gradient and update", size_text, kFloat * (in + out) + weights * (4 * kFloat + 1 / 8.0), product,
       [=, &backend] {
         backend.linear_weight_gradient(shape, arrays->dy.floats(), arrays->x.floats(), arrays->weights.next_step());
       }},
      {"update, next weights drawn and packed", size_text, weights * (3 * kFloat + 1 / 8.0), 0,
       [=, &backend] {
         backend.consume_gradient(arrays->weights.next_step(), 0, gradient->floats(), shape.in * shape.out);
       }},
      {"weights drawn and packed", size_text, weights * (kFloat + 1 / 8.0), 0, [=] { arrays->weights.packed(); }},
      {"batch norm, training", size_text, 2 * kFloat * out, 0,
       [=, &backend] {
         backend.batch_norm_train(channels, parameters, arrays->y.floats(), arrays->dy.floats(), norm->mean.floats(),
                                  norm->inverse.floats(), norm->running_mean.floats(), norm->running_variance.floats());
       }},
      {"batch norm gradient", size_text, 3 * kFloat * out, 0,
       [=, &backend] {
         backend.batch_norm_gradient(channels, parameters, true, arrays->y.floats(), arrays->y.floats(),
                                     arrays->dy.floats(), norm->mean.floats(), norm->inverse.floats(),
                                     arrays->dy.floats(), {}, {});
       }},
      {"dropout, mask drawn", size_text, in * (2 * kFloat + 1), 0,
       [=, &backend] {
         backend.draw_dropout({1, 1, 0, Stream::dropout, 0}, {shape.batch, {shape.in, 1}}, arrays->x.floats(), 0.2,
                              mask->data(), arrays->dx.floats());
       }},
  };
}

}  // namespace bayesbinn::bench
