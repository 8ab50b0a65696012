#include "core/prediction_statistics.h"

#include <cmath>

#include "base/memory.h"

namespace bayesbinn {
namespace {

// -p log p, with 0 log 0 = 0.
double surprise(double p) { return p > 0 ? -p * std::log(p) : 0.0 * p; }

}  // namespace

PredictionStatistics::PredictionStatistics(PredictionStatistic statistic, ChannelShape shape, int64_t count)
    : statistic_(statistic), shape_(shape), count_(count) {
  if (statistic == PredictionStatistic::none) return;
  const int64_t outputs = shape.channels * shape.spatial * count;
  const int64_t others = statistic == PredictionStatistic::deviation ? outputs : positions() * count;
  require_memory("statistics of predictions", (outputs + others) * static_cast<int64_t>(sizeof(double)));
  means_.resize(static_cast<size_t>(outputs));
  (statistic == PredictionStatistic::deviation ? squares_ : entropies_).resize(static_cast<size_t>(others));
}

int64_t PredictionStatistics::positions() const {
  return statistic_ == PredictionStatistic::classes ? shape_.spatial : shape_.channels * shape_.spatial;
}

template <class T>
double PredictionStatistics::entropy(const T* values, int64_t at) const {
  if (statistic_ == PredictionStatistic::outputs) {
    const double p = values[at];
    return surprise(p) + surprise(1.0 - p);
  }
  double sum = 0;
  for (int64_t k = 0; k < shape_.channels; ++k) sum += surprise(values[k * shape_.spatial + at]);
  return sum;
}

void PredictionStatistics::add(int64_t draw, int64_t first, int64_t batch, const float* predictions) {
  if (statistic_ == PredictionStatistic::none) return;
  const int64_t outputs = shape_.channels * shape_.spatial;
  // Running means (Welford): no difference of large sums, and equal draws give their value itself.
  const auto number = static_cast<double>(draw + 1);
  double* const means = means_.data() + first * outputs;
  if (statistic_ == PredictionStatistic::deviation) {
    double* const squares = squares_.data() + first * outputs;
    for (int64_t i = 0; i < batch * outputs; ++i) {
      const double before = predictions[i] - means[i];
      means[i] += before / number;
      squares[i] += before * (predictions[i] - means[i]);
    }
    return;
  }
  for (int64_t i = 0; i < batch * outputs; ++i) means[i] += (predictions[i] - means[i]) / number;
  double* entropies = entropies_.data() + first * positions();
  for (int64_t b = 0; b < batch; ++b) {
    for (int64_t at = 0; at < positions(); ++at, ++entropies) {
      *entropies += (entropy(predictions + b * outputs, at) - *entropies) / number;
    }
  }
}

PredictionSpread PredictionStatistics::finish(int64_t draws) const {
  PredictionSpread spread;
  spread.deviation.reserve(squares_.size());
  for (const double square : squares_) {
    spread.deviation.push_back(static_cast<float>(std::sqrt(square / static_cast<double>(draws))));
  }
  if (entropies_.empty()) return spread;
  spread.entropy.reserve(entropies_.size());
  spread.mutual_information.reserve(entropies_.size());
  for (int64_t b = 0; b < count_; ++b) {
    for (int64_t at = 0; at < positions(); ++at) {
      const double of_mean = entropy(means_.data() + b * shape_.channels * shape_.spatial, at);
      const double difference = of_mean - entropies_[static_cast<size_t>(b * positions() + at)];
      spread.entropy.push_back(static_cast<float>(of_mean));
      // Never negative but by rounding: entropies are concave.
      spread.mutual_information.push_back(static_cast<float>(difference < 0 ? 0 : difference));
    }
  }
  return spread;
}

}  // namespace bayesbinn
