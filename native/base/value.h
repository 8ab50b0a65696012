// A JSON-like tree: how options reach native code without anything of N-API in it.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace bayesbinn {

// A string in the words of a message: "abc", cut short where it is long.
std::string quoted(const std::string& text);

// Place of a key in an object: layers[0].units. Seen also where the key is empty or long.
std::string key_path(const std::string& path, const std::string& key);

class Value {
 public:
  using Array = std::vector<Value>;
  using Object = std::vector<std::pair<std::string, Value>>;

  Value() = default;
  Value(bool value) : data_(value) {}
  Value(double value) : data_(value) {}
  Value(std::string value) : data_(std::move(value)) {}
  Value(Array value) : data_(std::move(value)) {}
  Value(Object value) : data_(std::move(value)) {}

  // nullptr where the value is of another type.
  const bool* boolean() const { return std::get_if<bool>(&data_); }
  const double* number() const { return std::get_if<double>(&data_); }
  const std::string* string() const { return std::get_if<std::string>(&data_); }
  const Array* array() const { return std::get_if<Array>(&data_); }
  const Object* object() const { return std::get_if<Object>(&data_); }

  // A short text for messages: 3, "abc", an array, an object.
  std::string describe() const;

 private:
  std::variant<std::monostate, bool, double, std::string, Array, Object> data_;
};

}  // namespace bayesbinn
