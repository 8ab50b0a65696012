// Native results as JavaScript values.
#pragma once

#include <napi.h>

#include <string>
#include <vector>

#include "base/shape.h"

namespace bayesbinn::addon {

// Once an environment, before any result: keeps the constructor that the arrays below are made with.
void keep_constructors(Napi::Env env);

// A copy in JavaScript's own memory, which can be transferred; the vector's is freed. ERR_OUT_OF_MEMORY.
Napi::Float32Array to_float32_array(Napi::Env env, std::vector<float> values);
Napi::Float64Array to_float64_array(Napi::Env env, const std::vector<double>& values);
Napi::Array to_arrays(Napi::Env env, std::vector<std::vector<float>> list);
Napi::Array to_array(Napi::Env env, const Shape& shape);
Napi::Array to_array(Napi::Env env, const std::vector<std::string>& names);

}  // namespace bayesbinn::addon
