// Native results as JavaScript values.
#pragma once

#include <napi.h>

#include <string>
#include <vector>

#include "base/shape.h"

namespace bayesbinn::addon {

// A typed array that takes over the vector's memory (a copy where the runtime allows no foreign buffers).
Napi::Float32Array to_float32_array(Napi::Env env, std::vector<float>&& values);
Napi::Float64Array to_float64_array(Napi::Env env, const std::vector<double>& values);
Napi::Array to_arrays(Napi::Env env, std::vector<std::vector<float>>&& list);
Napi::Array to_array(Napi::Env env, const Shape& shape);
Napi::Array to_array(Napi::Env env, const std::vector<std::string>& names);

}  // namespace bayesbinn::addon
