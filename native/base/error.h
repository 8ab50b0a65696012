// The one exception of native code; the addon maps it to a JavaScript error in one place.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace bayesbinn {

enum class ErrorCode {
  option_unknown,
  option_type,
  option_range,
  shape_mismatch,
  device_unavailable,
  cuda,
  out_of_memory,
  numeric,
  checkpoint_mismatch,
  optimizer_claim,
  busy,
  disposed,
  dataset_format,
  internal,
};

// The stable name that scripts compare, such as "ERR_SHAPE_MISMATCH".
const char* to_string(ErrorCode code);

class Error : public std::runtime_error {
 public:
  using Details = std::vector<std::pair<std::string, std::string>>;

  Error(ErrorCode code, const std::string& message, Details details = {})
      : std::runtime_error(message), code_(code), details_(std::move(details)) {}

  ErrorCode code() const { return code_; }
  const Details& details() const { return details_; }

 private:
  ErrorCode code_;
  Details details_;
};

}  // namespace bayesbinn
