// What losses of class labels ask of a network.
#pragma once

#include <string>

#include "base/error.h"

namespace bayesbinn {

// ERR_SHAPE_MISMATCH for fewer than two scores.
inline void require_classes(const char* loss, int64_t outputs) {
  if (outputs >= 2) return;
  throw Error(ErrorCode::shape_mismatch,
              std::string(loss) + ": the network has " + std::to_string(outputs) + " output, accepted: 2 or more");
}

}  // namespace bayesbinn
