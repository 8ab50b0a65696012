// Reading option structs. A struct lists its fields once in `visit`; the same list parses an object (every key
// known, none missing, every value in range) and changes single numbers later (hyperparameters).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/value.h"

namespace bayesbinn {

// Accepted numbers, with the words that an error message uses for them.
struct Range {
  double low;
  double high;
  bool low_open;
  bool high_open;
  bool integer;

  bool holds(double value) const;
  std::string describe() const;
};

constexpr double kNoLimit = std::numeric_limits<double>::infinity();
constexpr Range any_number() { return {-kNoLimit, kNoLimit, true, true, false}; }
constexpr Range above(double low) { return {low, kNoLimit, true, true, false}; }
constexpr Range at_least(double low) { return {low, kNoLimit, false, true, false}; }
constexpr Range from_to(double low, double high) { return {low, high, false, false, false}; }
constexpr Range from_below(double low, double high) { return {low, high, false, true, false}; }
constexpr Range integers(double low, double high) { return {low, high, false, false, true}; }

// Of an image, a kernel or its steps.
struct RowsColumns {
  int64_t rows, columns;
};

// Reads fields from an object; `finish` refuses what was not asked for.
class OptionReader {
 public:
  OptionReader(const Value& object, std::string path);

  void number(const char* key, double& out, Range range);
  void number(const char* key, int64_t& out, Range range);
  void flag(const char* key, bool& out);
  std::string text(const char* key);
  const Value& any(const char* key);
  std::vector<int64_t> integer_list(const char* key, Range range);
  void rows_columns(const char* key, RowsColumns& out, Range range);
  std::vector<std::string> text_list(const char* key);
  // A list of numbers, or "none": then `out` has no value.
  void numbers_or_none(const char* key, std::optional<std::vector<double>>& out, Range range);

  template <class Enum>
  void choice(const char* key, Enum& out, std::initializer_list<std::pair<const char*, Enum>> choices) {
    const std::string given = text(key);
    std::string accepted;
    for (const auto& [name, value] : choices) {
      if (given == name) {
        out = value;
        return;
      }
      accepted += (accepted.empty() ? "\"" : ", \"") + std::string(name) + '"';
    }
    refuse(ErrorCode::option_range, key, quoted(given), accepted);
  }

  void finish() const;
  const std::string& path() const { return path_; }

 private:
  [[noreturn]] void refuse(ErrorCode code, const std::string& key, const std::string& value,
                           const std::string& accepted) const;
  std::string key_path(const std::string& key) const { return bayesbinn::key_path(path_, key); }

  const Value::Object* object_;
  std::string path_;
  std::vector<std::string> known_;
};

template <class Options>
Options read_options(OptionReader& reader) {
  Options options;
  options.visit(reader);
  reader.finish();
  return options;
}

// Sets one number of an option struct by name, with the range of its field; integers and flags stay as they are.
class NumberSetter {
 public:
  NumberSetter(std::string_view key, double value) : key_(key), value_(value) {}

  void number(const char* key, double& out, Range range);
  void number(const char*, int64_t&, Range) {}
  void flag(const char*, bool&) {}
  template <class Enum>
  void choice(const char*, Enum&, std::initializer_list<std::pair<const char*, Enum>>) {}

  bool found() const { return found_; }
  const std::string& names() const { return names_; }

 private:
  std::string_view key_;
  double value_;
  bool found_ = false;
  std::string names_;
};

}  // namespace bayesbinn
