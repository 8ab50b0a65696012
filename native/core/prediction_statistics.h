// How predictions differ from one draw of the weights to the next.
#pragma once

#include <cstdint>
#include <vector>

#include "backends/backend.h"

namespace bayesbinn {

// What is gathered of predictions p:
//   classes     entropy over the channels of a position, -sum_k p_k log p_k
//   outputs     entropy of each output, -p log p - (1 - p) log(1 - p)
//   deviation   standard deviation of each output
enum class PredictionStatistic { none, classes, outputs, deviation };

// Absent ones are empty. In nats, or in the unit of the outputs.
struct PredictionSpread {
  std::vector<float> entropy;             // of the mean prediction
  std::vector<float> mutual_information;  // the entropy of the mean less the mean of the entropies
  std::vector<float> deviation;           // root of the mean square around the mean of the draws
};

// Means and sums in double, over the draws of `count` samples.
class PredictionStatistics {
 public:
  PredictionStatistics(PredictionStatistic statistic, ChannelShape shape, int64_t count);

  // Predictions of `batch` samples from number `first` on, row-major, under draw `draw`; draws of a sample come in order.
  void add(int64_t draw, int64_t first, int64_t batch, const float* predictions);
  PredictionSpread finish(int64_t draws) const;

 private:
  int64_t positions() const;
  // Of position `at` of a sample, whose predictions begin at `values`.
  template <class T>
  double entropy(const T* values, int64_t at) const;

  PredictionStatistic statistic_;
  ChannelShape shape_;
  int64_t count_;
  std::vector<double> means_;      // of predictions so far
  std::vector<double> entropies_;  // means so far, a position each
  std::vector<double> squares_;    // sums of squared deviations from the mean
};

}  // namespace bayesbinn
