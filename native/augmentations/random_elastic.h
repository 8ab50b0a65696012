// Bends an image: displacement vectors at `grid` x `grid` knots, whose rows and columns are normal of standard deviation
// `std` pixels, and smooth between them (base/displacement.h).
// Ronneberger, Fischer, Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation", MICCAI 2015, section 3.1.
#pragma once

#include <cmath>

#include "augmentations/formula.h"

namespace bayesbinn {

struct RandomElastic {
  static constexpr const char* kName = "randomElastic";
  static constexpr bool kKeepsCentre = false;

  struct Options {
    double std;
    int64_t grid;
    Fill fill;

    template <class Visitor>
    void visit(Visitor& v) {
      constexpr double kMostPixels = 65535;
      v.number("std", std, from_to(0, kMostPixels));
      v.number("grid", grid, integers(2, kMostKnots));
      visit_fill(v, fill);
    }
  };

  static int draws(const Options& options) { return static_cast<int>(2 * options.grid * options.grid); }
  static const Fill* fill(const Options& options) { return &options.fill; }
  static bool leaves(const Options& options) { return options.std > 0; }
  static void validate(const Options&, const Grid&) {}
  static bool displaces(const Options& options) { return options.std > 0; }

  // By Box and Muller, two uniforms a knot.
  static void displace(const Options& options, const Grid& grid, const float* u, Displacement& by) {
    constexpr double kCircle = 2 * 3.14159265358979323846;
    by.knots = static_cast<int32_t>(options.grid);
    by.rows = knots_a_pixel(grid.rows, options.grid);
    by.columns = knots_a_pixel(grid.columns, options.grid);
    const int pitch = by.knots + 2;
    for (int i = 1; i <= by.knots; ++i) {
      for (int j = 1; j <= by.knots; ++j, u += 2) {
        const double length = options.std * std::sqrt(-2 * std::log(static_cast<double>(u[0])));
        const double angle = kCircle * static_cast<double>(u[1]);
        by.vectors[i * pitch + j] = {static_cast<float>(length * std::cos(angle)),
                                     static_cast<float>(length * std::sin(angle))};
      }
    }
    for (int i = 1; i <= by.knots; ++i) extend(by.vectors + i * pitch, 1, by.knots);
    for (int j = 0; j < pitch; ++j) extend(by.vectors + j, pitch, by.knots);
  }

 private:
  static double knots_a_pixel(int64_t pixels, int64_t knots) {
    return pixels > 1 ? static_cast<double>(knots - 1) / static_cast<double>(pixels - 1) : 0;
  }

  // The frame's ends of a line of knots, which go on as a line does.
  static void extend(Displacement::Vector* line, int pitch, int knots) {
    const auto beyond = [](const Displacement::Vector& last, const Displacement::Vector& before) {
      return Displacement::Vector{2 * last.row - before.row, 2 * last.column - before.column};
    };
    line[0] = beyond(line[pitch], line[2 * pitch]);
    line[(knots + 1) * pitch] = beyond(line[knots * pitch], line[(knots - 1) * pitch]);
  }
};

}  // namespace bayesbinn
