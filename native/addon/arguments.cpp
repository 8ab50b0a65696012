#include "addon/arguments.h"

#include <cmath>

namespace bayesbinn::addon {
namespace {

[[noreturn]] void wrong_type(const std::string& path, const std::string& accepted) {
  throw Error(ErrorCode::option_type, path + ": accepted: " + accepted, {{"path", path}, {"accepted", accepted}});
}

template <class T>
struct ArrayType;
template <>
struct ArrayType<float> {
  static constexpr napi_typedarray_type type = napi_float32_array;
  static constexpr const char* name = "a Float32Array";
};
template <>
struct ArrayType<uint8_t> {
  static constexpr napi_typedarray_type type = napi_uint8_array;
  static constexpr const char* name = "a Uint8Array";
};
template <>
struct ArrayType<int32_t> {
  static constexpr napi_typedarray_type type = napi_int32_array;
  static constexpr const char* name = "an Int32Array";
};
template <>
struct ArrayType<uint32_t> {
  static constexpr napi_typedarray_type type = napi_uint32_array;
  static constexpr const char* name = "a Uint32Array";
};

struct ArrayInfo {
  napi_typedarray_type type = napi_int8_array;  // none that is accepted
  size_t length = 0;
  void* data = nullptr;
  bool detached = false;
  bool shared = false;
  napi_value buffer = nullptr;
};

bool read_info(const Napi::Value& value, ArrayInfo& info) {
  if (!value.IsTypedArray()) return false;
  size_t offset = 0;
  const napi_env env = value.Env();
  if (napi_get_typedarray_info(env, value, &info.type, &info.length, &info.data, &info.buffer, &offset) != napi_ok)
    return false;
  // Shared buffers cannot be detached, and are no array buffers to these functions.
  if (napi_is_detached_arraybuffer(env, info.buffer, &info.detached) != napi_ok) info.detached = false;
  bool own = true;
  info.shared = napi_is_arraybuffer(env, info.buffer, &own) == napi_ok && !own;
  return true;
}

// Lists among arguments are short; the length of an array of holes says nothing of its memory.
uint32_t checked_length(const Napi::Array& list, const std::string& path) {
  constexpr uint32_t kLongest = 1 << 20;
  const uint32_t length = list.Length();
  if (length <= kLongest) return length;
  throw Error(ErrorCode::shape_mismatch, path + ": an array of " + std::to_string(length) +
                                             " entries given, accepted: at most " + std::to_string(kLongest));
}

bool is_plain(const Napi::Value& value) {
  return value.IsObject() && !value.IsFunction() && !value.IsTypedArray() && !value.IsArrayBuffer();
}

// Values without getters, proxies and the like in them; typed arrays stay themselves.
Napi::Value plain_copy(const Napi::Value& value, const std::string& path, int depth) {
  constexpr int kDeepest = 16;
  if (depth > kDeepest) wrong_type(path, "at most 16 levels");
  if (value.IsArray()) {
    const Napi::Array list = value.As<Napi::Array>();
    const uint32_t length = checked_length(list, path);
    Napi::Array copy = Napi::Array::New(value.Env(), length);
    for (uint32_t i = 0; i < length; ++i) copy.Set(i, plain_copy(list.Get(i), path, depth + 1));
    return copy;
  }
  if (!is_plain(value)) return value;
  const Napi::Object object = value.As<Napi::Object>();
  const Napi::Array keys = object.GetPropertyNames();
  Napi::Object copy = Napi::Object::New(value.Env());
  for (uint32_t i = 0; i < keys.Length(); ++i) {
    const Napi::Value key = keys.Get(i);
    copy.Set(key, plain_copy(object.Get(key), path, depth + 1));
  }
  return copy;
}

}  // namespace

Value to_value(const Napi::Value& value, const std::string& path, int depth) {
  constexpr int kDeepest = 16;
  if (depth > kDeepest) wrong_type(path, "at most 16 levels");
  if (value.IsBoolean()) return Value(value.As<Napi::Boolean>().Value());
  if (value.IsNumber()) return Value(value.As<Napi::Number>().DoubleValue());
  if (value.IsString()) return Value(value.As<Napi::String>().Utf8Value());
  if (value.IsArray()) {
    const Napi::Array list = value.As<Napi::Array>();
    Value::Array entries;
    for (uint32_t i = 0; i < checked_length(list, path); ++i) {
      entries.push_back(to_value(list.Get(i), path + '[' + std::to_string(i) + ']', depth + 1));
    }
    return Value(std::move(entries));
  }
  if (!is_plain(value)) wrong_type(path, "a boolean, a number, a string, an array or a plain object");
  const Napi::Object object = value.As<Napi::Object>();
  const Napi::Array keys = object.GetPropertyNames();
  Value::Object entries;
  for (uint32_t i = 0; i < keys.Length(); ++i) {
    const std::string key = keys.Get(i).ToString().Utf8Value();
    const Napi::Value entry = object.Get(key);
    if (entry.IsUndefined()) continue;
    entries.emplace_back(key, to_value(entry, key_path(path, key), depth + 1));
  }
  return Value(std::move(entries));
}

Napi::Object object_argument(const Napi::CallbackInfo& info, const char* call) {
  if (info.Length() < 1 || !is_plain(info[0]) || info[0].IsArray()) wrong_type(call, "an object");
  return plain_copy(info[0], call, 0).As<Napi::Object>();
}

Napi::Object object_of(const Napi::Object& object, const char* key) {
  const Napi::Value value = object.Get(key);
  if (!is_plain(value) || value.IsArray()) wrong_type(key, "an object");
  return value.As<Napi::Object>();
}

bool has(const Napi::Object& object, const char* key) {
  const Napi::Value value = object.Get(key);
  return !value.IsUndefined() && !value.IsNull();
}

double number_of(const Napi::Object& object, const char* key) {
  const Napi::Value value = object.Get(key);
  if (!value.IsNumber()) wrong_type(key, "a number");
  return value.As<Napi::Number>().DoubleValue();
}

int64_t integer_of(const Napi::Object& object, const char* key, int64_t low, int64_t high) {
  return to_integer(object.Get(key), key, low, high);
}

int64_t to_integer(const Napi::Value& argument, const char* what, int64_t low, int64_t high) {
  const std::string accepted = "an integer from " + std::to_string(low) + " to " + std::to_string(high);
  if (!argument.IsNumber()) wrong_type(what, accepted);
  const double value = argument.As<Napi::Number>().DoubleValue();
  if (value >= static_cast<double>(low) && value <= static_cast<double>(high) && value == std::floor(value)) {
    return static_cast<int64_t>(value);
  }
  const std::string given = Value(value).describe();
  throw Error(ErrorCode::option_range, std::string(what) + ": " + given + " given, accepted: " + accepted,
              {{"path", what}, {"value", given}, {"accepted", accepted}});
}

bool flag_of(const Napi::Object& object, const char* key) {
  const Napi::Value value = object.Get(key);
  if (!value.IsBoolean()) wrong_type(key, "true or false");
  return value.As<Napi::Boolean>().Value();
}

std::string text_of(const Napi::Object& object, const char* key) {
  const Napi::Value value = object.Get(key);
  if (!value.IsString()) wrong_type(key, "a string");
  return value.As<Napi::String>().Utf8Value();
}

Shape shape_of(const Napi::Object& object, const char* key) {
  const Napi::Value value = object.Get(key);
  if (!value.IsArray()) wrong_type(key, "an array of integers");
  const Napi::Array list = value.As<Napi::Array>();
  Shape shape;
  for (uint32_t i = 0; i < list.Length(); ++i) {
    const Napi::Value entry = list.Get(i);
    const double size = entry.IsNumber() ? entry.As<Napi::Number>().DoubleValue() : -1;
    if (!(size >= 1 && size <= static_cast<double>(kLargestInteger)) || size != std::floor(size))
      wrong_type(key, "an array of positive integers");
    shape.push_back(static_cast<int64_t>(size));
  }
  if (shape.empty()) wrong_type(key, "an array of one or more integers");
  return shape;
}

template <class T>
std::span<T> typed_array(const Napi::Value& value, const std::string& what) {
  ArrayInfo info;
  if (!read_info(value, info) || info.type != ArrayType<T>::type) wrong_type(what, ArrayType<T>::name);
  if (info.detached) wrong_type(what, std::string(ArrayType<T>::name) + " whose memory was not transferred away");
  if (!info.data) return {};
  return {static_cast<T*>(info.data), info.length};
}

template <class T>
bool is_typed_array(const Napi::Value& value) {
  ArrayInfo info;
  return read_info(value, info) && info.type == ArrayType<T>::type;
}

Napi::Object shared_buffer(const Napi::Value& array) {
  ArrayInfo info;
  if (!read_info(array, info) || !info.shared) return {};
  return Napi::Object(array.Env(), info.buffer);
}

template std::span<float> typed_array<float>(const Napi::Value&, const std::string&);
template std::span<uint8_t> typed_array<uint8_t>(const Napi::Value&, const std::string&);
template std::span<int32_t> typed_array<int32_t>(const Napi::Value&, const std::string&);
template std::span<uint32_t> typed_array<uint32_t>(const Napi::Value&, const std::string&);
template bool is_typed_array<float>(const Napi::Value&);
template bool is_typed_array<uint8_t>(const Napi::Value&);
template bool is_typed_array<int32_t>(const Napi::Value&);

}  // namespace bayesbinn::addon
