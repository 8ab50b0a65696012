// How images are resampled: affine maps of places, and what lies beyond the edges.
#pragma once

#include <cstdint>

#include "base/host_device.h"

namespace bayesbinn {

// Rows and columns of an image. Places in it are counted in pixels from the centre of the first one.
struct Grid {
  int64_t rows = 0, columns = 0;

  int64_t size() const { return rows * columns; }
  bool operator==(const Grid&) const = default;
};

struct Place {
  double row, column;
};

// row' = row[0] r + row[1] c + row[2], column' alike. In double, so that maps onto whole places are exact.
struct AffineMap {
  double row[3] = {1, 0, 0};
  double column[3] = {0, 1, 0};
};

// What is seen beyond the edges: 0 before the normalisation, 0 after it, or the image again, mirrored about its outermost
// pixels.
enum class Fill { black, mean, reflect };

BB_FORMULA Place apply(const AffineMap& map, double row, double column) {
  return {map.row[0] * row + map.row[1] * column + map.row[2],
          map.column[0] * row + map.column[1] * column + map.column[2]};
}

// place -> outer(inner(place))
BB_FORMULA AffineMap compose(const AffineMap& outer, const AffineMap& inner) {
  AffineMap map;
  for (int i = 0; i < 3; ++i) {
    map.row[i] = outer.row[0] * inner.row[i] + outer.row[1] * inner.column[i] + (i == 2 ? outer.row[2] : 0);
    map.column[i] = outer.column[0] * inner.row[i] + outer.column[1] * inner.column[i] + (i == 2 ? outer.column[2] : 0);
  }
  return map;
}

BB_FORMULA AffineMap shift(double rows, double columns) { return {{1, 0, rows}, {0, 1, columns}}; }

// The linear map (row, column) -> (a row + b column, c row + d column) about the centre of a grid.
BB_FORMULA AffineMap about_centre(const Grid& grid, double a, double b, double c, double d) {
  const double row = static_cast<double>(grid.rows - 1) / 2;
  const double column = static_cast<double>(grid.columns - 1) / 2;
  return {{a, b, row - (a * row + b * column)}, {c, d, column - (c * row + d * column)}};
}

// Of targets with a value a pixel, in a batch and as stored; both have the centre of their images.
struct TargetGrids {
  Grid batch, stored;
};

// Between places in a grid and in an image of the same centre. Halves of pixels are exact.
BB_FORMULA Place place_in_image(const Grid& image, const Grid& grid, double row, double column) {
  return {row + static_cast<double>(image.rows - grid.rows) / 2,
          column + static_cast<double>(image.columns - grid.columns) / 2};
}
BB_FORMULA Place place_in_grid(const Grid& image, const Grid& grid, const Place& at) {
  return {at.row - static_cast<double>(image.rows - grid.rows) / 2,
          at.column - static_cast<double>(image.columns - grid.columns) / 2};
}

// Whether pixels fall on pixels: nothing is interpolated then.
BB_FORMULA bool onto_pixels(const AffineMap& map) {
  for (int i = 0; i < 3; ++i) {
    if (map.row[i] != static_cast<double>(static_cast<int64_t>(map.row[i]))) return false;
    if (map.column[i] != static_cast<double>(static_cast<int64_t>(map.column[i]))) return false;
  }
  return true;
}

// The place in 0..size-1 that a place beyond shows in mirrors that stand on the outermost ones.
BB_FORMULA int64_t reflected(int64_t place, int64_t size) {
  const int64_t period = 2 * (size - 1);
  int64_t at = place < 0 ? -place : place;
  if (at > period) at = period > 0 ? at % period : 0;
  return at < size ? at : period - at;
}

}  // namespace bayesbinn
