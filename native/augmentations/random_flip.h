// Mirrors an image left to right with probability `horizontal`, and top to bottom with probability `vertical`.
#pragma once

#include "augmentations/formula.h"

namespace bayesbinn {

struct RandomFlip {
  static constexpr const char* kName = "randomFlip";
  static constexpr bool kKeepsCentre = true;

  struct Options {
    double horizontal, vertical;

    template <class Visitor>
    void visit(Visitor& v) {
      v.number("horizontal", horizontal, from_to(0, 1));
      v.number("vertical", vertical, from_to(0, 1));
    }
  };

  static int draws(const Options&) { return 2; }
  static const Fill* fill(const Options&) { return nullptr; }
  static bool leaves(const Options&) { return false; }
  static void validate(const Options&, const Grid&) {}

  BB_FORMULA AffineMap map(const Options& options, const Grid& grid, const float* u) {
    return about_centre(grid, u[1] < options.vertical ? -1 : 1, 0, 0, u[0] < options.horizontal ? -1 : 1);
  }
};

}  // namespace bayesbinn
