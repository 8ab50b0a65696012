// Session: evaluation and prediction.
#include <algorithm>
#include <cmath>

#include "core/session.h"

namespace bayesbinn {

void Session::materialize_prediction(WeightChoice weights, int64_t sample) {
  for (const auto& optimizer : optimizers_) {
    if (weights.samples == 0) {
      optimizer->materialize_mode();
    } else {
      optimizer->materialize_sample({seed_, weights.draw, static_cast<uint32_t>(sample), Stream::prediction, 0});
    }
  }
}

EvaluateResult Session::evaluate(int id, int64_t batch_size, WeightChoice weights) {
  initialize_once();
  check_batch("batchSize", batch_size);
  const Dataset& dataset = datasets_.get(id);
  const int64_t outputs = element_count(network_->output_shape());
  EvaluateResult result;
  result.cancelled = true;
  const auto batch_at = [&](int64_t first) { return std::min(batch_size, dataset.size() - first); };
  const auto gather = [&](int64_t first) {
    backend_->gather(dataset.device(), dataset.indices().data() + first, batch_at(first), network_->input(),
                     targets_.data());
  };
  const auto count = [&](int64_t batch, LossSums sums) {
    result.loss_sum += sums.loss;
    result.correct += sums.correct;
    result.count += batch;
  };
  // A mean over posterior samples needs the mean prediction of every sample of the data before its loss.
  std::vector<float> mean(static_cast<size_t>(weights.samples > 0 ? dataset.size() * outputs : 0));
  std::vector<float> part(static_cast<size_t>(weights.samples > 0 ? batch_size * outputs : 0));
  for (int64_t s = 0; s < std::max<int64_t>(1, weights.samples); ++s) {
    materialize_prediction(weights, s);
    for (int64_t first = 0; first < dataset.size(); first += batch_size) {
      const int64_t batch = batch_at(first);
      gather(first);
      if (!forward_eval(batch)) return result;
      if (weights.samples == 0) {
        count(batch, backend_->loss(loss_call(batch, nullptr)));
        continue;
      }
      backend_->predictions(loss_, true, output_channels(), network_->output().data, batch, part.data());
      float* const sum = mean.data() + first * outputs;
      const float share = 1.0f / static_cast<float>(weights.samples);
      for (int64_t i = 0; i < batch * outputs; ++i) sum[i] += share * part[static_cast<size_t>(i)];
    }
  }
  for (int64_t first = 0; weights.samples > 0 && first < dataset.size(); first += batch_size) {
    gather(first);
    count(batch_at(first),
          backend_->loss_of_predictions(loss_call(batch_at(first), nullptr), mean.data() + first * outputs));
  }
  if (!counts_correct_) result.correct = std::nan("");
  result.cancelled = false;
  return result;
}

PredictResult Session::predict(const PredictCall& call) {
  initialize_once();
  check_batch("batchSize", call.batch_size);
  const int64_t features = element_count(network_->input_shape());
  const int64_t outputs = element_count(network_->output_shape());
  const auto values = static_cast<int64_t>(call.inputs.size());
  if (values % features != 0) {
    throw Error(ErrorCode::shape_mismatch, "inputs: " + std::to_string(values) + " values are no multiple of the " +
                                               std::to_string(features) + " that the network reads");
  }
  const int64_t count = values / features;
  PredictResult result = {true, std::vector<float>(static_cast<size_t>(count * outputs))};
  std::vector<float> part(static_cast<size_t>(call.batch_size * outputs));
  const int64_t samples = std::max<int64_t>(1, call.weights.samples);
  const float share = 1.0f / static_cast<float>(samples);
  for (int64_t s = 0; s < samples; ++s) {
    materialize_prediction(call.weights, s);
    for (int64_t first = 0; first < count; first += call.batch_size) {
      const int64_t batch = std::min(call.batch_size, count - first);
      backend_->import_rows(call.inputs.data() + first * features, network_->input(), batch);
      if (!forward_eval(batch)) return result;
      backend_->predictions(loss_, call.link, output_channels(), network_->output().data, batch, part.data());
      float* const sum = result.values.data() + first * outputs;
      for (int64_t i = 0; i < batch * outputs; ++i) sum[i] += share * part[static_cast<size_t>(i)];
    }
  }
  result.cancelled = false;
  return result;
}

}  // namespace bayesbinn
