// A convolution seen from either side. Sources are read and targets are summed up: inputs and outputs of the forward
// pass, outputs and inputs of the input gradient, which is also the forward pass of a transposed convolution.
#pragma once

#include <algorithm>
#include <vector>

#include "backends/backend.h"

namespace bayesbinn::BAYESBINN_ISA {

enum class Direction { forward, backward };

// One axis of the images. Positions that do not exist are -1.
struct WalkAxis {
  WalkAxis(const ConvAxis& axis, Direction way)
      : sources(way == Direction::forward ? axis.size : axis.out()),
        targets(way == Direction::forward ? axis.out() : axis.size),
        kernel(axis.kernel),
        stride(axis.stride),
        padding(axis.padding),
        direction(way) {}

  int64_t sources, targets, kernel, stride, padding;
  Direction direction;

  int64_t target_of(int64_t source, int64_t tap) const {
    const int64_t target = direction == Direction::forward ? output_of(source, tap) : input_of(source, tap);
    return target < targets ? target : -1;
  }
  int64_t source_of(int64_t target, int64_t tap) const {
    const int64_t source = direction == Direction::forward ? input_of(target, tap) : output_of(target, tap);
    return source < sources ? source : -1;
  }

 private:
  int64_t input_of(int64_t output, int64_t tap) const { return std::max<int64_t>(-1, output * stride - padding + tap); }
  int64_t output_of(int64_t input, int64_t tap) const {
    const int64_t distance = input + padding - tap;
    return distance >= 0 && distance % stride == 0 ? distance / stride : -1;
  }
};

struct Range {
  int64_t begin, end;
  int64_t size() const { return end - begin; }
};

// From the first to the last source that some neighbouring targets can read.
inline Range sources_of(const WalkAxis& axis, Range targets) {
  int64_t begin = 0, end = 0;
  if (axis.direction == Direction::forward) {
    begin = targets.begin * axis.stride - axis.padding;
    end = (targets.end - 1) * axis.stride - axis.padding + axis.kernel;
  } else {
    const int64_t before = targets.begin + axis.padding - axis.kernel;
    begin = before < 0 ? 0 : before / axis.stride + 1;
    end = (targets.end - 1 + axis.padding) / axis.stride + 1;
  }
  begin = std::clamp<int64_t>(begin, 0, axis.sources);
  return {begin, std::clamp(end, begin, axis.sources)};
}

// How many sources neighbouring targets span at most.
inline int64_t span_of(const WalkAxis& axis, int64_t targets) {
  return std::min(axis.sources, (targets - 1) * axis.stride + axis.kernel);
}

struct Walk {
  Walk(const ConvShape& shape, Direction direction) : rows(shape.rows, direction), columns(shape.columns, direction) {}

  WalkAxis rows, columns;

  int64_t sources() const { return rows.sources * columns.sources; }
  int64_t targets() const { return rows.targets * columns.targets; }
  int64_t taps() const { return rows.kernel * columns.kernel; }
};

}  // namespace bayesbinn::BAYESBINN_ISA
