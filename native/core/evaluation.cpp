// Session: evaluation, and what prediction shares with it.
#include <algorithm>
#include <cmath>
#include <utility>

#include "base/memory.h"
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

// Of the batch that went forward, row-major to the host.
void Session::predictions(bool link, int64_t batch, float* host) {
  backend_->predictions(loss_, link, output_channels(), network_->output().data, batch, host);
}

// sum += share * predictions of the batch, which stay in `part`.
void Session::add_predictions(bool link, int64_t batch, float share, std::vector<float>& part, float* sum) {
  predictions(link, batch, part.data());
  const int64_t values = batch * element_count(network_->output_shape());
  for (int64_t i = 0; i < values; ++i) sum[i] += share * part[static_cast<size_t>(i)];
}

// In an order drawn from the seed: classes that lie together would make the batches unlike each other. Inputs are the
// same for all weights, so that a mean over posterior samples averages over nothing else.
bool Session::reestimate(const Reestimation& reestimation) {
  const Dataset& dataset = datasets_.get(reestimation.dataset);
  const std::vector<uint32_t>& order = epoch_order(reestimation.dataset, dataset, 0, true);
  network_->begin_reestimation();
  for (int64_t first = 0; first < dataset.size(); first += reestimation.batch_size) {
    const int64_t batch = std::min(reestimation.batch_size, dataset.size() - first);
    backend_->gather(dataset.device(), order.data() + first, batch, network_->input(), nullptr);
    if (!network_->forward(Phase::reestimate, batch, {}, {}, &cancelled_)) return false;
  }
  return true;
}

void Session::check_reestimation(const std::optional<Reestimation>& reestimation) const {
  if (!reestimation) return;
  check_batch("batchNorm.batchSize", reestimation->batch_size);
  datasets_.get(reestimation->dataset);
}

EvaluateResult Session::evaluate(const EvaluateCall& call) {
  check_weights();
  check_batch("batchSize", call.batch_size);
  const Dataset& dataset = datasets_.get(call.dataset);
  check_reestimation(call.batch_norm);
  network_->prepare(false);
  const int64_t outputs = element_count(network_->output_shape());
  EvaluateResult result;
  result.cancelled = true;
  result.correct = counts_correct_ ? 0 : std::nan("");
  if (!initialize_once(cancelled_)) return result;
  network_->begin_step();
  const bool anew = call.batch_norm && network_->has_statistics();
  // A mean over posterior samples needs the mean prediction of every sample of the data before its loss.
  const bool mode = call.weights.samples == 0;
  const int64_t samples = mode ? 1 : call.weights.samples;
  const float share = 1.0f / static_cast<float>(samples);
  std::vector<float> mean;
  if (!mode || call.predictions) mean = zeros("predictions", {dataset.size(), outputs});
  std::vector<float> part(static_cast<size_t>(mode ? 0 : call.batch_size * outputs));
  for (int64_t s = 0; s < samples; ++s) {
    materialize_prediction(call.weights, s);
    if (anew && !reestimate(*call.batch_norm)) return result;
    for (int64_t first = 0; first < dataset.size(); first += call.batch_size) {
      const int64_t batch = std::min(call.batch_size, dataset.size() - first);
      backend_->gather(dataset.device(), dataset.indices().data() + first, batch, network_->input(), targets_.data());
      if (!forward_eval(batch)) return result;
      float* const sum = mode ? nullptr : mean.data() + first * outputs;
      if (!mode) add_predictions(true, batch, share, part, sum);
      if (mode && call.predictions) predictions(true, batch, mean.data() + first * outputs);
      if (s + 1 < samples) continue;
      const LossCall loss = loss_call(batch, nullptr);
      const LossSums sums = mode ? backend_->loss(loss) : backend_->loss_of_predictions(loss, sum);
      result.loss_sum += sums.loss;
      result.correct += sums.correct;
      result.count += batch;
    }
  }
  if (call.predictions) result.predictions = std::move(mean);
  result.cancelled = false;
  return result;
}

}  // namespace bayesbinn
