#include "base/value.h"

#include <cstdio>

namespace bayesbinn {

std::string Value::describe() const {
  if (const bool* flag = boolean()) return *flag ? "true" : "false";
  if (const double* value = number()) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", *value);
    return text;
  }
  if (const std::string* text = string()) return '"' + *text + '"';
  if (array()) return "an array";
  if (object()) return "an object";
  return "nothing";
}

}  // namespace bayesbinn
