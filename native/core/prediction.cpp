// Session: prediction.
#include <algorithm>

#include "base/memory.h"
#include "core/session.h"

namespace bayesbinn {

// Samples of a dataset or of `inputs`.
int64_t Session::count_of(const PredictCall& call) const {
  if (call.dataset) return datasets_.get(*call.dataset).size();
  const int64_t features = element_count(network_->input_shape());
  const auto values = static_cast<int64_t>(call.inputs.size());
  if (values % features == 0) return values / features;
  throw Error(ErrorCode::shape_mismatch, "inputs: " + std::to_string(values) + " values are no multiple of the " +
                                             std::to_string(features) + " that the network reads");
}

PredictResult Session::predict(const PredictCall& call) {
  check_weights();
  check_batch("batchSize", call.batch_size);
  check_reestimation(call.batch_norm);
  const int64_t count = count_of(call);
  const int64_t features = element_count(network_->input_shape());
  const int64_t outputs = element_count(network_->output_shape());
  const int64_t samples = std::max<int64_t>(1, call.weights.samples);
  network_->prepare(false);
  PredictResult result = {true, zeros("predictions", {count, outputs}), {}, {}};
  std::vector<float> logits;
  if (call.record_outputs) logits = zeros("outputs of every draw", {samples, count, outputs});
  if (!initialize_once(cancelled_)) return result;
  network_->begin_step();
  const bool anew = call.batch_norm && network_->has_statistics();
  const Dataset* const dataset = call.dataset ? &datasets_.get(*call.dataset) : nullptr;
  PredictionStatistics statistics(call.statistics, output_channels(), count);
  std::vector<float> part(static_cast<size_t>(call.batch_size * outputs));
  const float share = 1.0f / static_cast<float>(samples);
  for (int64_t s = 0; s < samples; ++s) {
    materialize_prediction(call.weights, s);
    if (anew && !reestimate(*call.batch_norm)) return result;
    const auto rows = dataset ? nullptr : backend_->read_rows(call.inputs.data(), count, features, call.batch_size);
    for (int64_t first = 0; first < count;) {
      const int64_t batch = dataset ? std::min(call.batch_size, count - first) : rows->read(network_->input());
      if (dataset) {
        backend_->gather(dataset->device(), dataset->indices().data() + first, batch, network_->input(), nullptr);
      }
      if (!forward_eval(batch)) return result;
      if (rows) rows->prefetch();
      add_predictions(call.link, batch, share, part, result.values.data() + first * outputs);
      statistics.add(s, first, batch, part.data());
      if (call.record_outputs) predictions(false, batch, logits.data() + (s * count + first) * outputs);
      first += batch;
    }
  }
  result.spread = statistics.finish(samples);
  result.logits = std::move(logits);
  result.cancelled = false;
  return result;
}

}  // namespace bayesbinn
