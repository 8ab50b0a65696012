// What a step of an augmentation is to this project: a random affine map of places in an image, or a smooth displacement of
// them. A pipeline composes the maps of its steps, so that an image is resampled once; the backend supplies the loop over
// pixels. A step is a struct with
//
//   kName                       name in specs
//   kKeepsCentre                whether it turns or mirrors pixels onto pixels about the centre, whatever the size: then
//                               targets on a smaller grid with the same centre can go along
//   Options { visit }           one field list drives parsing and checking
//   draws(options)              uniforms that it takes for a sample, kMostDraws at most
//   fill(options)               what is seen beyond the edges; null: it takes no fill
//   leaves(options)             whether it can show what lies beyond the edges
//   validate(options, grid)     throws ERR_SHAPE_MISMATCH for images that do not suit
//   map(options, grid, u)       the map of a sample: place in what the step gives -> place in what it takes, from
//                               uniforms in [2^-24, 1 - 2^-24]
//
// or, in place of `map`, for one step of a pipeline at most
//
//   displaces(options)          whether places move at all
//   displace(options, grid, u, displacement)
//                               the knots of a sample's displacement, likewise
#pragma once

#include "base/displacement.h"
#include "base/host_device.h"
#include "base/options.h"
#include "base/resampling.h"

namespace bayesbinn {

constexpr int kMostDraws = 2 * kMostKnots * kMostKnots;

template <class Visitor>
void visit_fill(Visitor& v, Fill& fill) {
  v.choice("fill", fill, {{"black", Fill::black}, {"mean", Fill::mean}, {"reflect", Fill::reflect}});
}

}  // namespace bayesbinn
