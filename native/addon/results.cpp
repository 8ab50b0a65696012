#include "addon/results.h"

#include <algorithm>

#include "addon/arguments.h"
#include "addon/instance_data.h"
#include "base/memory.h"

namespace bayesbinn::addon {

void keep_constructors(Napi::Env env) {
  auto* const data = new InstanceData;
  env.SetInstanceData(data);
  data->float32_array = Napi::Persistent(env.Global().Get("Float32Array").As<Napi::Function>());
}

// N-API's own functions end the process where V8 finds no memory; the constructor throws.
Napi::Float32Array to_float32_array(Napi::Env env, std::vector<float> values) {
  const Napi::FunctionReference& constructor = env.GetInstanceData<InstanceData>()->float32_array;
  Napi::Value array;
  try {
    array = constructor.New({Napi::Number::New(env, static_cast<double>(values.size()))});
  } catch (const Napi::Error&) {
    refuse_memory("result", static_cast<int64_t>(values.size() * sizeof(float)));
  }
  const std::span<float> memory = typed_array<float>(array, "result");
  std::copy_n(values.begin(), std::min(values.size(), memory.size()), memory.begin());
  return array.As<Napi::Float32Array>();
}

Napi::Float64Array to_float64_array(Napi::Env env, const std::vector<double>& values) {
  Napi::Float64Array array = Napi::Float64Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

Napi::Array to_arrays(Napi::Env env, std::vector<std::vector<float>> list) {
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
