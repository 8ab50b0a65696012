#include "addon/product_kernels.h"

#include <cmath>

#include "addon/arguments.h"
#include "addon/device_array.h"
#include "addon/errors.h"

namespace bayesbinn::addon {
namespace {

constexpr int64_t kLargestSize = 1 << 24;

int64_t size_of(const Napi::Object& call, const char* key) { return integer_of(call, key, 1, kLargestSize); }

// Activations in the backend's layout.
Buffer activation(Backend& backend, int64_t features, int64_t batch) {
  return Buffer(backend, backend.activation_bytes(features, batch));
}

Buffer imported(Backend& backend, std::span<const float> rows, int64_t features, int64_t batch) {
  Buffer buffer = activation(backend, features, batch);
  backend.import_rows(rows.data(), {buffer.floats(), features}, batch);
  return buffer;
}

void check_signs(std::span<const float> weights) {
  for (size_t i = 0; i < weights.size(); ++i) {
    if (std::fabs(weights[i]) == 1.0f) continue;
    throw Error(ErrorCode::option_range, "weights: " + Value(static_cast<double>(weights[i])).describe() + " at " +
                                             std::to_string(i) + " given, accepted with packed: -1 and 1");
  }
}

// The weights of a call, as bits where it asks for them by `packed`.
class WeightsOfCall {
 public:
  WeightsOfCall(const Napi::Object& call, const KernelBackend& backend, std::span<float> values,
                const PackedShape& shape) {
    const bool packed = has(call, "packed") && flag_of(call, "packed");
    if (packed) check_signs(values);
    values_ = DeviceFloats(backend, values, Access::read);
    if (!packed) {
      weights_.values = values_.data();
      return;
    }
    packed_ = Buffer(*backend, backend->packed_bytes(shape));
    backend->pack({0, static_cast<int64_t>(values.size()), nullptr, packed_.data(), shape}, values_.data());
    weights_.packed = packed_.data();
  }

  operator const Weights&() const { return weights_; }

 private:
  DeviceFloats values_;
  Buffer packed_;
  Weights weights_;
};

// Lengths of the arrays of a product, as rows of a batch.
struct Lengths {
  int64_t batch, in, out, weights, channels;
};

std::span<float> optional(const Napi::Object& call, const char* key, int64_t length) {
  return has(call, key) ? typed_array_of<float>(call, key, length) : std::span<float>();
}

// Calls forward(backend, x, weights, bias, y) on the arrays of a call.
template <class Forward>
void run_forward(const Napi::Object& call, const Lengths& lengths, const PackedShape& shape, Forward&& forward) {
  const auto input = typed_array_of<float>(call, "input", lengths.batch * lengths.in);
  const auto weights = typed_array_of<float>(call, "weights", lengths.weights);
  const auto output = typed_array_of<float>(call, "output", lengths.batch * lengths.out);
  const auto bias = optional(call, "bias", lengths.channels);
  const KernelBackend backend(call);
  const WeightsOfCall weights_of_call(call, backend, weights, shape);
  const DeviceFloats added(backend, bias, Access::read);
  const Buffer x = imported(*backend, input, lengths.in, lengths.batch);
  const Buffer y = activation(*backend, lengths.out, lengths.batch);
  forward(*backend, x.floats(), weights_of_call, added.data(), y.floats());
  backend->export_rows({y.floats(), lengths.out}, output.data(), lengths.batch);
}

// Calls input_gradient(backend, dy, weights, dx) and weight_gradient(backend, dy, x, target) where they are asked for.
template <class InputGradient, class WeightGradient>
void run_gradients(const Napi::Object& call, const Lengths& lengths, const PackedShape& shape,
                   InputGradient&& input_gradient, WeightGradient&& weight_gradient) {
  const auto input = typed_array_of<float>(call, "input", lengths.batch * lengths.in);
  const auto weights = typed_array_of<float>(call, "weights", lengths.weights);
  const auto output_gradient = typed_array_of<float>(call, "outputGradient", lengths.batch * lengths.out);
  const auto of_input = optional(call, "inputGradient", lengths.batch * lengths.in);
  const auto of_weights = optional(call, "weightGradient", lengths.weights);
  const auto of_bias = optional(call, "biasGradient", lengths.channels);
  const KernelBackend backend(call);
  const WeightsOfCall weights_of_call(call, backend, weights, shape);
  const Buffer x = of_weights.data() ? imported(*backend, input, lengths.in, lengths.batch) : Buffer();
  const Buffer dy = imported(*backend, output_gradient, lengths.out, lengths.batch);
  const OptimizerPass store_only = {};
  if (of_input.data()) {
    const Buffer dx = activation(*backend, lengths.in, lengths.batch);
    input_gradient(*backend, dy.floats(), weights_of_call, dx.floats());
    backend->export_rows({dx.floats(), lengths.in}, of_input.data(), lengths.batch);
  }
  if (of_weights.data()) {
    const DeviceFloats stored(backend, of_weights, Access::write);
    const WeightSegment segment = {0, lengths.weights};
    weight_gradient(*backend, dy.floats(), x.floats(), GradientTarget{&store_only, &segment, stored.data()});
    stored.download();
  }
  if (of_bias.data()) {
    const DeviceFloats stored(backend, of_bias, Access::write);
    const WeightSegment segment = {0, lengths.channels};
    const ChannelShape channels = {lengths.channels, lengths.out / lengths.channels};
    backend->bias_gradient({lengths.batch, channels}, dy.floats(), {&store_only, &segment, stored.data()});
    stored.download();
  }
}

LinearShape linear_shape(const Napi::Object& call) {
  const LinearShape shape = {size_of(call, "batch"), size_of(call, "inFeatures"), size_of(call, "outFeatures")};
  element_count({shape.batch, shape.in});
  element_count({shape.batch, shape.out});
  element_count({shape.out, shape.in});
  return shape;
}

Lengths lengths_of(const LinearShape& shape) {
  return {shape.batch, shape.in, shape.out, shape.out * shape.in, shape.out};
}

void linear(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const Napi::Object call = object_argument(info, "linear");
    const LinearShape shape = linear_shape(call);
    run_forward(call, lengths_of(shape), {shape.out, shape.in, 1},
                [&](Backend& backend, const float* x, const Weights& weights, const float* bias, float* y) {
                  backend.linear(shape, x, weights, bias, y);
                });
  });
}

void linear_gradients(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const Napi::Object call = object_argument(info, "linearGradients");
    const LinearShape shape = linear_shape(call);
    run_gradients(
        call, lengths_of(shape), {shape.out, shape.in, 1},
        [&](Backend& backend, const float* dy, const Weights& weights, float* dx) {
          backend.linear_input_gradient(shape, dy, weights, dx);
        },
        [&](Backend& backend, const float* dy, const float* x, const GradientTarget& target) {
          backend.linear_weight_gradient(shape, dy, x, target);
        });
  });
}

ConvShape conv_shape(const Napi::Object& call) {
  const auto padding = [&](const char* key) { return integer_of(call, key, 0, kLargestSize); };
  const ConvShape shape = {
      size_of(call, "batch"),
      size_of(call, "inChannels"),
      size_of(call, "outChannels"),
      {size_of(call, "height"), size_of(call, "kernelHeight"), size_of(call, "strideHeight"), padding("paddingHeight")},
      {size_of(call, "width"), size_of(call, "kernelWidth"), size_of(call, "strideWidth"), padding("paddingWidth")}};
  check(shape);
  return shape;
}

Lengths lengths_of(const ConvShape& shape) {
  return {shape.batch, shape.in * shape.in_pixels(), shape.out * shape.out_pixels(),
          shape.out * shape.in * shape.taps(), shape.out};
}

void conv2d(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const Napi::Object call = object_argument(info, "conv2d");
    const ConvShape shape = conv_shape(call);
    run_forward(call, lengths_of(shape), {shape.out, shape.in, shape.taps()},
                [&](Backend& backend, const float* x, const Weights& weights, const float* bias, float* y) {
                  backend.conv2d(shape, x, weights, bias, y);
                });
  });
}

void conv2d_gradients(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const Napi::Object call = object_argument(info, "conv2dGradients");
    const ConvShape shape = conv_shape(call);
    run_gradients(
        call, lengths_of(shape), {shape.out, shape.in, shape.taps()},
        [&](Backend& backend, const float* dy, const Weights& weights, float* dx) {
          backend.conv2d_input_gradient(shape, dy, weights, nullptr, dx);
        },
        [&](Backend& backend, const float* dy, const float* x, const GradientTarget& target) {
          backend.conv2d_weight_gradient(shape, dy, x, target);
        });
  });
}

}  // namespace

void add_product_kernels(Napi::Object& kernels) {
  const Napi::Env env = kernels.Env();
  kernels.Set("linear", Napi::Function::New<linear>(env));
  kernels.Set("linearGradients", Napi::Function::New<linear_gradients>(env));
  kernels.Set("conv2d", Napi::Function::New<conv2d>(env));
  kernels.Set("conv2dGradients", Napi::Function::New<conv2d_gradients>(env));
}

}  // namespace bayesbinn::addon
