// The centre of planes of values: targets of which only the middle belongs to an output.
#pragma once

#include "base/resampling.h"

namespace bayesbinn {

// Planes on the grid `stored`, of which the `taken.rows` x `taken.columns` values about the centre are taken; both of no
// size: all values are, whatever their grid. Rows and columns of the two differ by even numbers.
struct CentreCut {
  Grid stored, taken;

  bool whole() const { return taken.rows == 0; }
  // How many of `values` are taken.
  int64_t count(int64_t values) const { return whole() ? values : values / stored.size() * taken.size(); }
  bool operator==(const CentreCut&) const = default;
};

// Where the value that comes at `place` among those taken, plane by plane, is stored.
BB_FORMULA int64_t stored_place(const CentreCut& cut, int64_t place) {
  const int64_t size = cut.taken.rows * cut.taken.columns;
  const int64_t plane = place / size, pixel = place % size;
  const int64_t row = pixel / cut.taken.columns + (cut.stored.rows - cut.taken.rows) / 2;
  const int64_t column = pixel % cut.taken.columns + (cut.stored.columns - cut.taken.columns) / 2;
  return (plane * cut.stored.rows + row) * cut.stored.columns + column;
}

}  // namespace bayesbinn
