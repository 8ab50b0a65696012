#include "base/options.h"

#include <algorithm>
#include <cmath>

namespace bayesbinn {

bool Range::holds(double value) const {
  if (!std::isfinite(value)) return false;
  if (low_open ? value <= low : value < low) return false;
  if (high_open ? value >= high : value > high) return false;
  return !integer || value == std::floor(value);
}

std::string Range::describe() const {
  std::string text = integer ? "an integer" : "a finite number";
  if (low > -kNoLimit) text += (low_open ? " > " : " >= ") + Value(low).describe();
  if (high < kNoLimit)
    text += std::string(low > -kNoLimit ? " and" : "") + (high_open ? " < " : " <= ") + Value(high).describe();
  return text;
}

OptionReader::OptionReader(const Value& object, std::string path) : object_(object.object()), path_(std::move(path)) {
  if (!object_) {
    throw Error(ErrorCode::option_type, path_ + ": " + object.describe() + " given, accepted: an object",
                {{"path", path_}, {"value", object.describe()}, {"accepted", "an object"}});
  }
}

void OptionReader::refuse(ErrorCode code, const std::string& key, const std::string& value,
                          const std::string& accepted) const {
  throw Error(code, key_path(key) + ": " + value + " given, accepted: " + accepted,
              {{"path", key_path(key)}, {"value", value}, {"accepted", accepted}});
}

const Value& OptionReader::any(const char* key) {
  known_.emplace_back(key);
  for (const auto& [name, value] : *object_) {
    if (name == key) return value;
  }
  throw Error(ErrorCode::option_type, key_path(key) + ": missing", {{"path", key_path(key)}});
}

void OptionReader::number(const char* key, double& out, Range range) {
  const Value& value = any(key);
  if (!value.number()) refuse(ErrorCode::option_type, key, value.describe(), range.describe());
  if (!range.holds(*value.number())) refuse(ErrorCode::option_range, key, value.describe(), range.describe());
  out = *value.number();
}

void OptionReader::number(const char* key, int64_t& out, Range range) {
  range.integer = true;
  double value = 0;
  number(key, value, range);
  out = static_cast<int64_t>(value);
}

void OptionReader::flag(const char* key, bool& out) {
  const Value& value = any(key);
  if (!value.boolean()) refuse(ErrorCode::option_type, key, value.describe(), "true or false");
  out = *value.boolean();
}

std::string OptionReader::text(const char* key) {
  const Value& value = any(key);
  if (!value.string()) refuse(ErrorCode::option_type, key, value.describe(), "a string");
  return *value.string();
}

std::vector<int64_t> OptionReader::integer_list(const char* key, Range range) {
  range.integer = true;
  const Value& value = any(key);
  if (!value.array()) refuse(ErrorCode::option_type, key, value.describe(), "an array of integers");
  std::vector<int64_t> list;
  for (const Value& entry : *value.array()) {
    if (!entry.number()) refuse(ErrorCode::option_type, key, entry.describe(), range.describe());
    if (!range.holds(*entry.number())) refuse(ErrorCode::option_range, key, entry.describe(), range.describe());
    list.push_back(static_cast<int64_t>(*entry.number()));
  }
  return list;
}

void OptionReader::rows_columns(const char* key, RowsColumns& out, Range range) {
  const std::vector<int64_t> list = integer_list(key, range);
  if (list.size() != 2) refuse(ErrorCode::option_range, key, any(key).describe(), "[rows, columns]");
  out = {list[0], list[1]};
}

std::vector<std::string> OptionReader::text_list(const char* key) {
  const Value& value = any(key);
  if (!value.array()) refuse(ErrorCode::option_type, key, value.describe(), "an array of strings");
  std::vector<std::string> list;
  for (const Value& entry : *value.array()) {
    if (!entry.string()) refuse(ErrorCode::option_type, key, entry.describe(), "a string");
    list.push_back(*entry.string());
  }
  return list;
}

void OptionReader::numbers_or_none(const char* key, std::optional<std::vector<double>>& out, Range range) {
  out.reset();
  const Value& value = any(key);
  if (value.string() && *value.string() == "none") return;
  if (!value.array()) {
    refuse(value.string() ? ErrorCode::option_range : ErrorCode::option_type, key, value.describe(),
           "\"none\" or an array of numbers");
  }
  out.emplace();
  for (const Value& entry : *value.array()) {
    const std::string place = key + ('[' + std::to_string(out->size()) + ']');
    if (!entry.number()) refuse(ErrorCode::option_type, place, entry.describe(), range.describe());
    if (!range.holds(*entry.number())) refuse(ErrorCode::option_range, place, entry.describe(), range.describe());
    out->push_back(*entry.number());
  }
}

void OptionReader::finish() const {
  for (const auto& [name, value] : *object_) {
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
      throw Error(ErrorCode::option_unknown, key_path(name) + ": unknown option", {{"path", key_path(name)}});
    }
  }
}

void NumberSetter::number(const char* key, double& out, Range range) {
  names_ += (names_.empty() ? "" : ", ") + std::string(key);
  if (key_ != key) return;
  found_ = true;
  if (!range.holds(value_)) {
    const std::string given = Value(value_).describe();
    throw Error(ErrorCode::option_range, std::string(key) + ": " + given + " given, accepted: " + range.describe(),
                {{"path", key}, {"value", given}, {"accepted", range.describe()}});
  }
  out = value_;
}

}  // namespace bayesbinn
