// Convolutions of small batches. Where a pixel has fewer samples than a vector, the columns of the targets are cut into
// strips of equal width, and a vector holds a pixel of each strip. The strips move over the images together: with what
// lies beyond the edges read as zeros, one of them is a convolution like any other, the walk of a strip.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "backends/cpu/batch_stride.h"
#include "backends/cpu/conv_walk.h"
#include "base/ceil_divide.h"

namespace bayesbinn::BAYESBINN_ISA {

class Strips {
 public:
  // Of pixels that lie `stride` floats apart, in `lanes` floats at most.
  Strips(const Walk& whole, int64_t stride, int64_t lanes)
      : width_(std::min(stride, lanes)),
        count_(std::min(std::max<int64_t>(1, lanes / stride), whole.columns.targets)),
        columns_(whole.columns),
        walk_(whole) {
    if (count_ > 1) cut();
  }

  // Floats of a pixel that lie in a vector, and strips in it.
  int64_t width() const { return width_; }
  int64_t count() const { return count_; }
  // Of the first strip: all its sources exist.
  const Walk& walk() const { return walk_; }

  // Columns of the images; -1: there is none.
  int64_t source_column(int64_t strip, int64_t column) const {
    const int64_t source = first_source_ + strip * source_step_ + column;
    return strip < count_ && source >= 0 && source < columns_.sources ? source : -1;
  }
  int64_t target_column(int64_t strip, int64_t column) const {
    const int64_t target = strip * walk_.columns.targets + column;
    return strip < count_ && target < columns_.targets ? target : -1;
  }

 private:
  void cut() {
    WalkAxis& strip = walk_.columns;
    strip.targets = ceil_divide(columns_.targets, count_);
    if (strip.direction == Direction::forward) {
      // source = target * stride - padding + tap
      source_step_ = strip.targets * strip.stride;
      first_source_ = -strip.padding;
      strip.sources = (strip.targets - 1) * strip.stride + strip.kernel;
    } else {
      // source = (target + padding - tap) / stride, where that is a whole number
      source_step_ = ceil_divide(strip.targets, strip.stride);
      strip.targets = source_step_ * strip.stride;
      const int64_t least = strip.padding - strip.kernel + 1;
      first_source_ = least < 0 ? -(-least / strip.stride) : ceil_divide(least, strip.stride);
      strip.sources = (strip.targets - 1 + strip.padding) / strip.stride + 1 - first_source_;
    }
    strip.padding += first_source_ * (strip.direction == Direction::forward ? 1 : -strip.stride);
  }

  int64_t width_, count_;
  WalkAxis columns_;
  Walk walk_;
  int64_t first_source_ = 0, source_step_ = 0;
};

// Where the parts of vectors lie in a row of an image: of each vector a part of `width` floats a strip; -1: there is
// none.
class Parts {
 public:
  Parts(int64_t width, int64_t lanes) : width_(width), each_(lanes / width) {}

  // Adds a vector. column_of(strip): its column there; columns lie `stride` floats apart.
  template <class ColumnOf>
  void add(int64_t stride, ColumnOf&& column_of) {
    for (int64_t strip = 0; strip < each_; ++strip) {
      const int64_t column = column_of(strip);
      places_.push_back(column < 0 ? -1 : column * stride);
    }
  }
  void clear() { places_.clear(); }

  // vectors[i * pitch ...] = the parts of vector i in `row`, 0 where there is none.
  void gather(const float* row, int64_t pitch, float* vectors) const {
    with_width([&]<int64_t width>() {
      for (size_t first = 0; first < places_.size(); first += static_cast<size_t>(each_), vectors += pitch) {
        for (int64_t strip = 0; strip < each_; ++strip) {
          const int64_t place = places_[first + static_cast<size_t>(strip)];
          if (place < 0) {
            std::fill_n(vectors + strip * width, width, 0.0f);
          } else {
            std::copy_n(row + place, width, vectors + strip * width);
          }
        }
      }
    });
  }

  // The other way, with `shift` added.
  void scatter(const float* vectors, int64_t pitch, float shift, float* row) const {
    with_width([&]<int64_t width>() {
      for (size_t first = 0; first < places_.size(); first += static_cast<size_t>(each_), vectors += pitch) {
        for (int64_t strip = 0; strip < each_; ++strip) {
          const int64_t place = places_[first + static_cast<size_t>(strip)];
          if (place < 0) continue;
          float* __restrict to = row + place;
          for (int64_t i = 0; i < width; ++i) to[i] = vectors[strip * width + i] + shift;
        }
      }
    });
  }

 private:
  template <class Action>
  void with_width(Action&& action) const {
    if (width_ == kLeastStride) return action.template operator()<kLeastStride>();
    if (width_ == 2 * kLeastStride) return action.template operator()<2 * kLeastStride>();
    if (width_ == kBatchMultiple) return action.template operator()<kBatchMultiple>();
    action.template operator()<2 * kBatchMultiple>();
  }

  int64_t width_, each_;
  std::vector<int64_t> places_;
};

}  // namespace bayesbinn::BAYESBINN_ISA
