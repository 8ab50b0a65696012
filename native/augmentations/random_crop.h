// Pads all sides by `padding` and cuts out a window of the old size anywhere: a shift by -padding..padding on each axis.
// He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", CVPR 2016, section 4.2.
#pragma once

#include <cmath>

#include "augmentations/formula.h"

namespace bayesbinn {

struct RandomCrop {
  static constexpr const char* kName = "randomCrop";
  static constexpr bool kKeepsCentre = false;

  struct Options {
    int64_t padding;
    Fill fill;

    template <class Visitor>
    void visit(Visitor& v) {
      constexpr double kMostPadding = 65535;
      v.number("padding", padding, integers(0, kMostPadding));
      visit_fill(v, fill);
    }
  };

  static int draws(const Options&) { return 2; }
  static const Fill* fill(const Options& options) { return &options.fill; }
  static bool leaves(const Options& options) { return options.padding > 0; }
  static void validate(const Options&, const Grid&) {}

  BB_FORMULA AffineMap map(const Options& options, const Grid&, const float* u) {
    const auto padding = static_cast<double>(options.padding);
    return shift(std::floor(u[0] * (2 * padding + 1)) - padding, std::floor(u[1] * (2 * padding + 1)) - padding);
  }
};

}  // namespace bayesbinn
