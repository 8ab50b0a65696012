// Smooth displacements of places in an image: vectors at a few knots, and cubic convolution between them, which goes
// through the knots, so that what is drawn for them is what they get, and needs no system of equations as splines do.
// Keys, "Cubic Convolution Interpolation for Digital Image Processing", IEEE Transactions on Acoustics, Speech, and Signal
// Processing 29(6), 1981: equation (15), a = -1/2. Beyond the outermost knots displacements go on as a line does, so that
// linear ones are interpolated exactly.
#pragma once

#include "base/resampling.h"

namespace bayesbinn {

constexpr int kMostKnots = 8;  // an axis

// A displacement, and the map that comes before it: place -> p + d(p) with p = inner(place).
struct Displacement {
  struct Vector {
    float row, column;  // in pixels
  };

  AffineMap inner;
  double rows, columns;  // knots a pixel: those of an axis lie evenly between its first pixel and its last
  int32_t knots;         // an axis, 2 at least
  // [knots + 2][knots + 2]: those of the image, in a frame of what comes beyond them.
  Vector vectors[(kMostKnots + 2) * (kMostKnots + 2)];
};

// The four knots that an axis is interpolated from, and how much of each.
struct KnotWeights {
  int32_t first;  // in the frame
  double weights[4];
};

// What lies beyond the image is displaced as its edge is.
BB_FORMULA KnotWeights knots_at(double at, int32_t knots) {
  const double last = knots - 1;
  const double inside = at < 0 ? 0 : at > last ? last : at;
  int32_t first = static_cast<int32_t>(inside);
  if (first > knots - 2) first = knots - 2;
  const double t = inside - first;
  return {
      first,
      {((2 - t) * t - 1) * t / 2, ((3 * t - 5) * t * t + 2) / 2, ((4 - 3 * t) * t + 1) * t / 2, (t - 1) * t * t / 2}};
}

// What four columns of knots, from `first` on, come to at a row of places.
struct KnotLine {
  double rows[4], columns[4];
};

BB_FORMULA KnotLine line_of(const Displacement& by, double row, int32_t first) {
  const KnotWeights down = knots_at(row * by.rows, by.knots);
  const int32_t pitch = by.knots + 2;
  const Displacement::Vector* knots = by.vectors + down.first * pitch + first;
  KnotLine line = {};
  for (int i = 0; i < 4; ++i, knots += pitch) {
    for (int j = 0; j < 4; ++j) {
      line.rows[j] += down.weights[i] * static_cast<double>(knots[j].row);
      line.columns[j] += down.weights[i] * static_cast<double>(knots[j].column);
    }
  }
  return line;
}

BB_FORMULA Place displaced_on(const KnotLine& line, const KnotWeights& right, const Place& place) {
  Place at = place;
  for (int j = 0; j < 4; ++j) {
    at.row += right.weights[j] * line.rows[j];
    at.column += right.weights[j] * line.columns[j];
  }
  return at;
}

BB_FORMULA Place displaced(const Displacement& by, double row, double column) {
  const Place place = apply(by.inner, row, column);
  const KnotWeights right = knots_at(place.column * by.columns, by.knots);
  return displaced_on(line_of(by, place.row, right.first), right, place);
}

}  // namespace bayesbinn
