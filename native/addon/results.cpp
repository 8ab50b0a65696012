#include "addon/results.h"

#include <algorithm>
#include <memory>

namespace bayesbinn::addon {

Napi::Float32Array to_float32_array(Napi::Env env, std::vector<float>&& values) {
  const size_t count = values.size();
  if (count == 0) return Napi::Float32Array::New(env, 0);
  auto owner = std::make_unique<std::vector<float>>(std::move(values));
  napi_value buffer = nullptr;
  const auto release = [](napi_env, void*, void* hint) { delete static_cast<std::vector<float>*>(hint); };
  const napi_status status =
      napi_create_external_arraybuffer(env, owner->data(), count * sizeof(float), release, owner.get(), &buffer);
  if (status == napi_ok) {
    owner.release();  // NOLINT: the buffer owns it now
    return Napi::Float32Array::New(env, count, Napi::ArrayBuffer(env, buffer), 0);
  }
  Napi::Float32Array copy = Napi::Float32Array::New(env, count);
  std::copy(owner->begin(), owner->end(), copy.Data());
  return copy;
}

Napi::Float64Array to_float64_array(Napi::Env env, const std::vector<double>& values) {
  Napi::Float64Array array = Napi::Float64Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

Napi::Array to_arrays(Napi::Env env, std::vector<std::vector<float>>&& list) {
  Napi::Array array = Napi::Array::New(env, list.size());
  for (uint32_t i = 0; i < list.size(); ++i) array.Set(i, to_float32_array(env, std::move(list[i])));
  return array;
}

Napi::Array to_array(Napi::Env env, const Shape& shape) {
  Napi::Array array = Napi::Array::New(env, shape.size());
  for (uint32_t i = 0; i < shape.size(); ++i) array.Set(i, Napi::Number::New(env, static_cast<double>(shape[i])));
  return array;
}

Napi::Array to_array(Napi::Env env, const std::vector<std::string>& names) {
  Napi::Array array = Napi::Array::New(env, names.size());
  for (uint32_t i = 0; i < names.size(); ++i) array.Set(i, names[i]);
  return array;
}

}  // namespace bayesbinn::addon
