// What a loss is to this project: formulas over the outputs of one sample (at one position). The backend supplies the
// loop over samples and positions. A loss is a struct with
//
//   kName                 name in specs
//   kLabels               targets are class labels (an int32 a position) or rows of floats (as many as outputs)
//   kProbabilities        rows of floats must lie in [0, 1]
//   kCountsCorrect        whether predictions can be right or wrong
//   Options { visit }     one field list drives parsing and checking
//   validate(options, outputs)   throws ERR_SHAPE_MISMATCH if the network's outputs do not suit, ERR_OPTION_RANGE
//   constants(options)    what formulas read of the options, which the session keeps in device memory; empty: nothing
//   sample(z, target, constants, gradient)   loss of one sample, correct in {0, 1}; constants: null where there are none;
//                         gradient: d loss / d z, absent if null
//   link(z, out)          outputs -> prediction: probabilities, or the values themselves
//   sample_of_prediction(p, target, constants)   the loss where predictions were averaged after the link
//
// A loss without options derives from NoOptions. The loss of a batch is the mean over samples (and positions, and values
// of a row).
#pragma once

#include <cstdint>
#include <vector>

#include "base/host_device.h"

namespace bayesbinn {

// Values of one sample: entry i at data[i * stride].
template <class T>
struct Column {
  T* data;
  int64_t stride;
  int count;

  BB_FORMULA_MEMBER T& operator[](int i) const { return data[i * stride]; }
};

struct SampleLoss {
  double loss;
  int correct;
};

struct NoOptions {
  struct Options {
    template <class Visitor>
    void visit(Visitor&) {}
  };

  static std::vector<double> constants(const Options&) { return {}; }
};

}  // namespace bayesbinn
