#include "addon/augmentations.h"

#include <numeric>

#include "addon/arguments.h"
#include "addon/errors.h"
#include "addon/kernel_backend.h"
#include "core/batch_augmentation.h"
#include "core/buffer.h"

namespace bayesbinn::addon {
namespace {

// Images [count, channels, rows, columns] with their normalisation, as a data set that lies where the script has it.
DeviceDataset images_of(const Napi::Object& call, const Shape& shape) {
  DeviceDataset data = {};
  data.bytes = is_typed_array<uint8_t>(call.Get("images"));
  const int64_t count = element_count(shape);
  if (data.bytes) {
    data.inputs = typed_array_of<uint8_t>(call, "images", count).data();
    const auto table = typed_array_of<float>(call, "byteTable");
    data.table_rows = static_cast<int64_t>(table.size() / 256);
    data.byte_table = typed_array_of<float>(call, "byteTable", data.table_rows * 256).data();
  } else {
    data.inputs = typed_array_of<float>(call, "images", count).data();
    const auto scale = typed_array_of<float>(call, "scale");
    data.table_rows = static_cast<int64_t>(scale.size());
    data.scale = scale.data();
    data.shift = typed_array_of<float>(call, "shift", data.table_rows).data();
  }
  if (data.table_rows == 0)
    throw Error(ErrorCode::shape_mismatch, "normalisation: accepted: one row, or one a channel");
  data.shape = {shape[1], shape[2] * shape[3]};
  return data;
}

void augment(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const Napi::Object call = object_argument(info, "augment");
    const Shape shape = shape_of(call, "shape");
    if (shape.size() != 4) {
      throw Error(ErrorCode::shape_mismatch,
                  "shape: " + to_string(shape) + " given, accepted: [images, channels, rows, columns]");
    }
    DeviceDataset data = images_of(call, shape);
    const int64_t batch = shape[0], features = element_count(shape) / batch;
    const auto output = typed_array_of<float>(call, "output", element_count(shape));
    const Pipeline pipeline = pipeline_of(call);
    const auto seed = static_cast<uint64_t>(integer_of(call, "seed", 0, kLargestInteger - 1));
    const auto epoch = static_cast<uint32_t>(integer_of(call, "epoch", 0, kLargestUint32));
    const int64_t first = integer_of(call, "first", 0, kLargestUint32 - batch);
    const auto backend = backend_of(call);

    // Masks as targets of one number a pixel, which have a way out of the backend.
    Shape targets = {1};
    std::span<float> mask_output;
    if (has(call, "masks")) {
      const Shape mask_shape = shape_of(call, "maskShape");
      if (mask_shape.size() != 2)
        throw Error(ErrorCode::shape_mismatch,
                    "maskShape: " + to_string(mask_shape) + " given, accepted: [rows, columns]");
      targets = {1, mask_shape[0], mask_shape[1]};
      data.target_width = element_count(targets);
      const int64_t values = element_count({batch, data.target_width});
      data.targets = typed_array_of<float>(call, "masks", values).data();
      mask_output = typed_array_of<float>(call, "maskOutput", values);
    }
    std::vector<uint32_t> places(static_cast<size_t>(batch)), samples(static_cast<size_t>(batch));
    std::iota(places.begin(), places.end(), 0u);
    std::iota(samples.begin(), samples.end(), static_cast<uint32_t>(first));
    BatchAugmentation augmentation(pipeline, {shape[1], shape[2], shape[3]}, targets, data);
    const Buffer images(*backend, backend->activation_bytes(features, batch));
    const Buffer masks(*backend, backend->target_bytes(false, data.target_width, batch));
    backend->gather_resampled(data, places.data(), batch, augmentation.draw(seed, epoch, samples),
                              {images.floats(), features}, data.targets ? masks.data() : nullptr);
    backend->export_rows({images.floats(), features}, output.data(), batch);
    if (data.targets) backend->export_rows({masks.floats(), data.target_width}, mask_output.data(), batch);
  });
}

}  // namespace

Pipeline pipeline_of(const Napi::Object& call) {
  if (!has(call, "augmentation")) return {};
  return {to_value(call.Get("augmentation"), "augmentation"), "augmentation"};
}

void add_augmentation_kernel(Napi::Object& kernels) {
  kernels.Set("augment", Napi::Function::New<augment>(kernels.Env()));
}

}  // namespace bayesbinn::addon
