#include "addon/augmentations.h"

#include <numeric>

#include "addon/arguments.h"
#include "addon/device_array.h"
#include "addon/errors.h"
#include "core/batch_augmentation.h"

namespace bayesbinn::addon {
namespace {

// Images [count, channels, rows, columns] with their normalisation, and masks where there are any.
struct Pictures {
  Pictures(const Napi::Object& call, const Shape& shape) {
    const int64_t count = element_count(shape);
    is_bytes = is_typed_array<uint8_t>(call.Get("images"));
    if (is_bytes) {
      bytes = typed_array_of<uint8_t>(call, "images", count);
      table_rows = static_cast<int64_t>(typed_array_of<float>(call, "byteTable").size() / 256);
      byte_table = typed_array_of<float>(call, "byteTable", table_rows * 256);
    } else {
      floats = typed_array_of<float>(call, "images", count);
      scale = typed_array_of<float>(call, "scale");
      table_rows = static_cast<int64_t>(scale.size());
      shift = typed_array_of<float>(call, "shift", table_rows);
    }
    if (table_rows == 0) throw Error(ErrorCode::shape_mismatch, "normalisation: accepted: one row, or one a channel");
  }

  bool is_bytes;
  int64_t table_rows = 0;
  std::span<uint8_t> bytes;
  std::span<float> floats, byte_table, scale, shift, masks;
};

// The same as a data set in device memory.
class PicturesOnDevice {
 public:
  PicturesOnDevice(const KernelBackend& backend, const Pictures& pictures)
      : bytes_(backend, pictures.bytes, Access::read),
        floats_(backend, pictures.floats, Access::read),
        byte_table_(backend, pictures.byte_table, Access::read),
        scale_(backend, pictures.scale, Access::read),
        shift_(backend, pictures.shift, Access::read),
        masks_(backend, pictures.masks, Access::read) {}

  DeviceDataset data(const Pictures& pictures, const Shape& shape, int64_t target_width) const {
    DeviceDataset data = {};
    data.bytes = pictures.is_bytes;
    data.inputs = data.bytes ? static_cast<const void*>(bytes_.data()) : floats_.data();
    data.byte_table = byte_table_.data();
    data.scale = scale_.data();
    data.shift = shift_.data();
    data.table_rows = pictures.table_rows;
    data.targets = masks_.data();
    data.target_width = target_width;
    data.shape = {shape[1], shape[2] * shape[3]};
    return data;
  }

 private:
  DeviceArray<uint8_t> bytes_;
  DeviceFloats floats_, byte_table_, scale_, shift_, masks_;
};

void augment(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const Napi::Object call = object_argument(info, "augment");
    const Shape shape = shape_of(call, "shape");
    if (shape.size() != 4) {
      throw Error(ErrorCode::shape_mismatch,
                  "shape: " + to_string(shape) + " given, accepted: [images, channels, rows, columns]");
    }
    Pictures pictures(call, shape);
    const int64_t batch = shape[0], features = element_count(shape) / batch;
    const auto output = typed_array_of<float>(call, "output", element_count(shape));
    const Pipeline pipeline = pipeline_of(call);
    const auto seed = static_cast<uint64_t>(integer_of(call, "seed", 0, kLargestInteger - 1));
    const auto epoch = static_cast<uint32_t>(integer_of(call, "epoch", 0, kLargestUint32));
    const int64_t first = integer_of(call, "first", 0, kLargestUint32 - batch);
    const KernelBackend backend(call);

    // Masks as targets of one number a pixel, which have a way out of the backend.
    Shape targets = {1};
    std::span<float> mask_output;
    if (has(call, "masks")) {
      const Shape mask_shape = shape_of(call, "maskShape");
      if (mask_shape.size() != 2)
        throw Error(ErrorCode::shape_mismatch,
                    "maskShape: " + to_string(mask_shape) + " given, accepted: [rows, columns]");
      targets = {1, mask_shape[0], mask_shape[1]};
      const int64_t values = element_count({batch, element_count(targets)});
      pictures.masks = typed_array_of<float>(call, "masks", values);
      mask_output = typed_array_of<float>(call, "maskOutput", values);
    }
    std::vector<uint32_t> places(static_cast<size_t>(batch)), samples(static_cast<size_t>(batch));
    std::iota(places.begin(), places.end(), 0u);
    std::iota(samples.begin(), samples.end(), static_cast<uint32_t>(first));
    const PicturesOnDevice on_device(backend, pictures);
    const DeviceDataset data = on_device.data(pictures, shape, has(call, "masks") ? element_count(targets) : 0);
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
