// Turns an image about its centre, counterclockwise by an angle that is uniform in -degrees..degrees.
#pragma once

#include <cmath>

#include "augmentations/formula.h"

namespace bayesbinn {

struct RandomRotation {
  static constexpr const char* kName = "randomRotation";
  static constexpr bool kKeepsCentre = false;

  struct Options {
    double degrees;
    Fill fill;

    template <class Visitor>
    void visit(Visitor& v) {
      v.number("degrees", degrees, from_to(0, 180));
      visit_fill(v, fill);
    }
  };

  static int draws(const Options&) { return 1; }
  static const Fill* fill(const Options& options) { return &options.fill; }
  static bool leaves(const Options& options) { return options.degrees > 0; }
  static void validate(const Options&, const Grid&) {}

  BB_FORMULA AffineMap map(const Options& options, const Grid& grid, const float* u) {
    constexpr double kRadians = 3.14159265358979323846 / 180;
    const double angle = (2 * static_cast<double>(u[0]) - 1) * options.degrees * kRadians;
    const double cosine = std::cos(angle), sine = std::sin(angle);
    return about_centre(grid, cosine, sine, -sine, cosine);
  }
};

}  // namespace bayesbinn
