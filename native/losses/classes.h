// What losses of class labels ask of a network.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"

namespace bayesbinn {

// ERR_SHAPE_MISMATCH for fewer than two scores.
inline void require_classes(const char* loss, int64_t outputs) {
  if (outputs >= 2) return;
  throw Error(ErrorCode::shape_mismatch,
              std::string(loss) + ": the network has " + std::to_string(outputs) + " output, accepted: 2 or more");
}

// ERR_SHAPE_MISMATCH for another number of weights than of scores, ERR_OPTION_RANGE where all are 0.
inline void require_class_weights(const std::vector<double>& weights, int64_t outputs) {
  const std::string path = "loss.classWeights";
  if (static_cast<int64_t>(weights.size()) != outputs) {
    throw Error(ErrorCode::shape_mismatch,
                path + ": " + std::to_string(weights.size()) + " weights given, but the network has " +
                    std::to_string(outputs) + " outputs",
                {{"path", path}});
  }
  if (std::any_of(weights.begin(), weights.end(), [](double weight) { return weight > 0; })) return;
  throw Error(ErrorCode::option_range, path + ": only zeros given, accepted: at least one weight above 0",
              {{"path", path}, {"accepted", "at least one weight above 0"}});
}

}  // namespace bayesbinn
