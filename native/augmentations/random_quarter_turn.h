// Turns a square image counterclockwise by 0, 90, 180 or 270 degrees, each with probability 1/4.
#pragma once

#include <string>

#include "augmentations/formula.h"

namespace bayesbinn {

struct RandomQuarterTurn {
  static constexpr const char* kName = "randomQuarterTurn";
  static constexpr bool kKeepsCentre = true;

  struct Options {
    template <class Visitor>
    void visit(Visitor&) {}
  };

  static int draws(const Options&) { return 1; }
  static const Fill* fill(const Options&) { return nullptr; }
  static bool leaves(const Options&) { return false; }
  static void validate(const Options&, const Grid& grid) {
    if (grid.rows == grid.columns) return;
    throw Error(ErrorCode::shape_mismatch, std::string(kName) + ": images of " + std::to_string(grid.rows) + " x " +
                                               std::to_string(grid.columns) + " given, accepted: square ones");
  }

  BB_FORMULA AffineMap map(const Options&, const Grid& grid, const float* u) {
    constexpr int kCos[] = {1, 0, -1, 0};
    constexpr int kSin[] = {0, 1, 0, -1};
    const int turns = static_cast<int>(u[0] * 4);
    return about_centre(grid, kCos[turns], kSin[turns], -kSin[turns], kCos[turns]);
  }
};

}  // namespace bayesbinn
