// Steps of an augmentation, one after the other, as one random map.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/displacement.h"
#include "base/philox.h"
#include "base/resampling.h"
#include "base/value.h"

namespace bayesbinn {

class Pipeline {
 public:
  Pipeline() = default;
  // A list of steps, each an object of its type and its complete options. ERR_OPTION_*, also where steps differ in what
  // they show beyond the edges, of which a composed map can show only one, and where more than one is a displacement.
  Pipeline(const Value& spec, const std::string& path);

  bool empty() const { return steps_.empty(); }
  Fill fill() const { return fill_; }
  // Whether pixels beyond the edges can be seen.
  bool leaves() const;
  // Whether every step turns or mirrors about the centre.
  bool keeps_centre() const;
  // ERR_SHAPE_MISMATCH where images of `grid` do not suit a step.
  void validate(const Grid& grid) const;
  // Whether a step displaces places.
  bool displaces() const { return displaces_; }
  // From places in what the last step gives to places in what the first one takes. Each step takes draws of its own. Where
  // a step displaces places, the map is what comes after `displacement`, which may be null elsewhere.
  AffineMap map(const Grid& grid, const Draw& draw, Displacement* displacement) const;

 private:
  class Step;
  template <class F>
  class StepOf;

  std::vector<std::shared_ptr<const Step>> steps_;
  Fill fill_ = Fill::black;
  bool displaces_ = false;
};

}  // namespace bayesbinn
