#include "base/value.h"

#include <cstdio>

namespace bayesbinn {

namespace {

constexpr size_t kLongest = 60;

// No more than so many bytes, and never a part of a character of UTF-8.
std::string clipped(const std::string& text) {
  if (text.size() <= kLongest) return text;
  size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

}  // namespace

std::string quoted(const std::string& text) { return '"' + clipped(text) + '"'; }

std::string key_path(const std::string& path, const std::string& key) {
  const std::string name = key.empty() ? "\"\"" : clipped(key);
  return path.empty() ? name : path + '.' + name;
}

std::string Value::describe() const {
  if (const bool* flag = boolean()) return *flag ? "true" : "false";
  if (const double* value = number()) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", *value);
    return text;
  }
  if (const std::string* text = string()) return quoted(*text);
  if (array()) return "an array";
  if (object()) return "an object";
  return "nothing";
}

}  // namespace bayesbinn
