// Kernels of a convolution of cifar10-vgg: 3x3, 128 to 128 channels, images of 32x32 pixels, batches of 50.
#include "bench/cuda/kernel_row.h"
#include "bench/cuda/layer_arrays.h"

namespace bayesbinn::bench {
namespace {

std::string text(const ConvShape& shape) {
  return std::to_string(shape.batch) + " images " + std::to_string(shape.rows.size) + "x" +
         std::to_string(shape.columns.size) + ", " + std::to_string(shape.in) + " to " + std::to_string(shape.out);
}

}  // namespace

std::vector<KernelRow> cifar10_vgg_rows(Backend& backend, Size size) {
  const int64_t channels = size == Size::full ? 128 : 6;
  const int64_t pixels = size == Size::full ? 32 : 4;
  const int64_t batch = size == Size::full ? 50 : 3;
  const ConvAxis axis = {pixels, 3, 1, 1};
  const ConvShape shape = {batch, channels, channels, axis, axis};
  const PoolShape pool = {batch, channels, {pixels, 2, 2, 0}, {pixels, 2, 2, 0}};
  const int64_t features = channels * pixels * pixels;
  const auto arrays =
      std::make_shared<LayerArrays>(backend, PackedShape{channels, channels, 9}, features, features, batch);
  const auto norm = std::make_shared<Normalisation>(backend, channels);
  const auto winners = std::make_shared<Buffer>(backend, backend.winner_bytes(pool));
  const ChannelBatch channel_batch = {batch, {channels, pixels * pixels}};
  const BatchNormParameters parameters = {nullptr, nullptr, 1e-5, 0.2, true};

  const auto values = static_cast<double>(features * batch);
  const auto weights = static_cast<double>(9 * channels * channels);
  const double product = 2 * weights * static_cast<double>(pixels * pixels * batch);
  const std::string size_text = text(shape);
  return {
      {"conv2d, packed weights", size_text, weights / 8 + 2 * kFloat * values, product,
       [=, &backend] { backend.conv2d(shape, arrays->x.floats(), arrays->packed, nullptr, arrays->y.floats()); }},
      {"conv2d input gradient", size_text, weights / 8 + 2 * kFloat * values, product,
       [=, &backend] {
         backend.conv2d_input_gradient(shape, arrays->dy.floats(), arrays->packed, nullptr, arrays->dx.floats());
       }},
      {"conv2d weight gradient and update", size_text, 2 * kFloat * values + weights * 4 * kFloat, product,
       [=, &backend] {
         backend.conv2d_weight_gradient(shape, arrays->dy.floats(), arrays->x.floats(), arrays->weights.next_step());
       }},
      {"batch norm of images, training", size_text, 2 * kFloat * values, 0,
       [=, &backend] {
         backend.batch_norm_train(channel_batch, parameters, arrays->y.floats(), arrays->dy.floats(),
                                  norm->mean.floats(), norm->inverse.floats(), norm->running_mean.floats(),
                                  norm->running_variance.floats());
       }},
      {"batch norm gradient of images", size_text, 3 * kFloat * values, 0,
       [=, &backend] {
         backend.batch_norm_gradient(channel_batch, parameters, true, arrays->x.floats(), arrays->y.floats(),
                                     arrays->dy.floats(), norm->mean.floats(), norm->inverse.floats(),
                                     arrays->dx.floats(), {}, {});
       }},
      {"largest of 2x2", size_text, kFloat * values * 1.25, 0,
       [=, &backend] { backend.max_pool2d(pool, arrays->x.floats(), arrays->y.floats(), winners->data()); }},
      {"gradient of largest of 2x2", size_text, kFloat * values * 1.25, 0,
       [=, &backend] { backend.max_pool2d_gradient(pool, arrays->y.floats(), winners->data(), arrays->dx.floats()); }},
  };
}

}  // namespace bayesbinn::bench
