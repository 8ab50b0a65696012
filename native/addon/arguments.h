// Reading JavaScript arguments. Every length that native code relies on is checked where it is used.
#pragma once

#include <napi.h>

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/shape.h"
#include "base/value.h"

namespace bayesbinn::addon {

constexpr int64_t kLargestInteger = int64_t{1} << 53;  // that every double up to it can count
constexpr int64_t kLargestUint32 = 0xffffffff;

// Plain data as a tree; anything else (functions, typed arrays) is refused. ERR_OPTION_TYPE.
Value to_value(const Napi::Value& value, const std::string& path, int depth = 0);

// A copy of the object that a call's first argument is, with the values of its own and inner properties: reading it
// runs no code of the caller's, which could take away memory or dispose of the session in between.
Napi::Object object_argument(const Napi::CallbackInfo& info, const char* call);

// An integer in [low, high]. ERR_OPTION_TYPE, ERR_OPTION_RANGE.
int64_t to_integer(const Napi::Value& value, const char* what, int64_t low, int64_t high);

double number_of(const Napi::Object& object, const char* key);
// An integer in [low, high]. ERR_OPTION_TYPE, ERR_OPTION_RANGE.
int64_t integer_of(const Napi::Object& object, const char* key, int64_t low, int64_t high);
bool flag_of(const Napi::Object& object, const char* key);
std::string text_of(const Napi::Object& object, const char* key);
Shape shape_of(const Napi::Object& object, const char* key);
// A plain object.
Napi::Object object_of(const Napi::Object& object, const char* key);
bool has(const Napi::Object& object, const char* key);

// The memory of a typed array of exactly this element type; also of shared and resized buffers. ERR_OPTION_TYPE, also
// where its memory was transferred away.
template <class T>
std::span<T> typed_array(const Napi::Value& value, const std::string& what);

template <class T>
std::span<T> typed_array_of(const Napi::Object& object, const char* key) {
  return typed_array<T>(object.Get(key), key);
}

// The same, with the length that the call needs. ERR_SHAPE_MISMATCH.
template <class T>
std::span<T> typed_array_of(const Napi::Object& object, const char* key, int64_t length) {
  const std::span<T> array = typed_array_of<T>(object, key);
  if (static_cast<int64_t>(array.size()) != length) {
    throw Error(ErrorCode::shape_mismatch, std::string(key) + ": " + std::to_string(array.size()) +
                                               " values given, accepted: " + std::to_string(length));
  }
  return array;
}

template <class T>
bool is_typed_array(const Napi::Value& value);

template <class T>
std::vector<T> copy_of(std::span<const T> values) {
  return {values.begin(), values.end()};
}

// The shared buffer that a typed array lies in, whose memory stays as long as the object does: it cannot be detached or
// shrink. Empty for any other buffer.
Napi::Object shared_buffer(const Napi::Value& array);

}  // namespace bayesbinn::addon
