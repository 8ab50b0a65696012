// Session: steps of training.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>

#include "core/permutation.h"
#include "core/session.h"

namespace bayesbinn {

const std::vector<uint32_t>& Session::epoch_order(int id, const Dataset& dataset, int64_t epoch, bool shuffle) {
  const int64_t wanted = shuffle ? epoch : -2;
  if (order_dataset_ == id && order_epoch_ == wanted) return order_;
  if (shuffle) {
    order_ = permutation(dataset.size(), seed_, static_cast<uint32_t>(epoch));
    for (uint32_t& place : order_) place = dataset.indices()[place];
  } else {
    order_ = dataset.indices();
  }
  order_dataset_ = id;
  order_epoch_ = wanted;
  ++order_version_;
  return order_;
}

void Session::check_loss(const LossSums& sums) const {
  if (std::isfinite(sums.loss)) return;
  throw Error(ErrorCode::numeric, "the loss of training step " + std::to_string(step_) + " is not a finite number");
}

void Session::draw_weights(int64_t sample) {
  const NamedRange range(*backend_, "weights");
  for (const auto& optimizer : optimizers_) {
    optimizer->begin_sample(sample);
    optimizer->materialize();
  }
}

// One step on the gathered batch. Nothing of it remains where it returns false or throws: latent weights change only in
// the backward pass of the last weight sample, which is not interrupted, and counters and statistics after it. Where
// that pass fails, or gives latent weights that are no numbers, the session refuses to go on until it is given others.
bool Session::train_step(int64_t batch, LossSums& sums) {
  network_->begin_step();
  for (const auto& optimizer : optimizers_) {
    optimizer->begin_step(seed_, step_, Optimizer::Update::commit_and_materialize_next);
  }
  sums = {0, 0};
  for (int64_t s = 0; s < samples_; ++s) {
    draw_weights(s);
    if (!network_->forward(Phase::train, batch, draw(Stream::dropout, s), {}, &cancelled_)) return false;
    const LossSums sample = backend_->loss(loss_call(batch, network_->output_gradient().data));
    check_loss(sample);
    sums.loss += sample.loss / static_cast<double>(samples_);
    sums.correct += sample.correct / static_cast<double>(samples_);
    if (cancelled_) return false;
    const bool last = s + 1 == samples_;
    if (last) begin_update();
    if (!network_->backward(Phase::train, batch, false, last ? &abandoned_ : &cancelled_)) return false;
  }
  commit_step();
  return true;
}

TrainResult Session::train(const TrainCall& call) {
  using Clock = std::chrono::steady_clock;
  const auto seconds_since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  check_weights();
  check_batch("batchSize", call.batch_size);
  const Dataset& dataset = datasets_.get(call.dataset);
  const int64_t batches = (dataset.size() + call.batch_size - 1) / call.batch_size;
  if (call.first_batch < 0 || call.batches < 0 || call.first_batch > batches ||
      call.batches > batches - call.first_batch) {
    throw Error(ErrorCode::option_range, "batches " + std::to_string(call.first_batch) + " to " +
                                             std::to_string(call.first_batch + call.batches) +
                                             " given, accepted: within the " + std::to_string(batches) +
                                             " of an epoch");
  }
  std::optional<BatchAugmentation> augmentation;
  if (!call.augmentation.empty())
    augmentation.emplace(call.augmentation, network_->input_shape(), network_->output_shape(), dataset.device());
  TrainResult result;
  result.correct = counts_correct_ ? 0 : std::nan("");
  if (!initialize_once(cancelled_)) {
    result.cancelled = true;
    return result;
  }
  network_->prepare(true);
  const std::vector<uint32_t>& order = epoch_order(call.dataset, dataset, call.epoch, call.shuffle);
  if (StepQueue* const queue = backend_->step_queue()) {
    train_queued(call, dataset, augmentation ? &*augmentation : nullptr, *queue, result);
    return result;
  }
  const Clock::time_point start = Clock::now();
  for (int64_t i = 0; i < call.batches; ++i) {
    const Clock::time_point step_start = Clock::now();
    const auto profiled = backend_->profile.total();
    const int64_t first = (call.first_batch + i) * call.batch_size;
    const int64_t batch = std::min(call.batch_size, dataset.size() - first);
    const std::span<const uint32_t> samples(order.data() + first, static_cast<size_t>(batch));
    if (augmentation) {
      const Resampling& resampling = augmentation->draw(seed_, static_cast<uint32_t>(call.epoch), samples);
      backend_->gather_resampled(dataset.device(), samples.data(), batch, resampling, network_->input(),
                                 targets_.data());
    } else {
      backend_->gather(dataset.device(), samples.data(), batch, network_->input(), targets_.data());
    }
    LossSums sums = {};
    if (!train_step(batch, sums)) {
      result.cancelled = true;
      break;
    }
    const auto step_time = Clock::now() - step_start;
    backend_->profile.add(Part::other, step_time - (backend_->profile.total() - profiled));
    ++result.steps;
    result.loss_sum += sums.loss;
    result.step_losses.push_back(sums.loss);
    result.correct += sums.correct;
    result.count += batch;
    for (const auto& optimizer : optimizers_) result.flips += optimizer->flips();
    result.step_seconds.push_back(std::chrono::duration<double>(step_time).count());
    if (cancelled_) {
      result.cancelled = true;
      break;
    }
    if (seconds_since(start) * 1000 >= call.budget_milliseconds) break;
  }
  return result;
}

}  // namespace bayesbinn
