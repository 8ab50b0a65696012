// Session: steps of training on a device that runs them by itself. What was queued is done, or, from the first step that
// goes wrong, none of it: the device leaves weights and statistics as they are from there on.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>

#include "core/session.h"

namespace bayesbinn {
namespace {

// However the chunk ends, the queue knows of no steps any more, and optimizers count those before it.
class ChunkGuard {
 public:
  using Optimizers = std::vector<std::unique_ptr<Optimizer>>;

  ChunkGuard(StepQueue& queue, Optimizers& optimizers) : queue_(queue), optimizers_(optimizers) {
    for (const auto& optimizer : optimizers_) updates_.push_back(optimizer->updates());
  }
  ChunkGuard(const ChunkGuard&) = delete;
  ChunkGuard& operator=(const ChunkGuard&) = delete;
  ~ChunkGuard() {
    if (finished_) return;
    queue_.abandon();
    count_back();
    for (const auto& optimizer : optimizers_) optimizer->forget_weights();
  }

  std::vector<StepResult> finish() {
    std::vector<StepResult> results = queue_.finish();
    finished_ = true;
    count_back();
    return results;
  }

 private:
  void count_back() {
    for (size_t i = 0; i < optimizers_.size(); ++i) optimizers_[i]->set_updates(updates_[i]);
  }

  StepQueue& queue_;
  Optimizers& optimizers_;
  std::vector<uint64_t> updates_;
  bool finished_ = false;
};

// Of the milliseconds that a call may take, this part is one chunk: a cancelled call ends with the chunk at hand.
constexpr double kChunkShare = 0.25;

}  // namespace

StepChunk Session::plan_chunk(const TrainCall& call, const Dataset& dataset, BatchAugmentation* augmentation,
                              int64_t batch, int64_t steps, int64_t done) {
  StepChunk chunk = {};
  chunk.steps = steps;
  chunk.first_number = step_;
  chunk.first_sample = (call.first_batch + done) * call.batch_size;
  chunk.batch = batch;
  chunk.weight_samples = samples_;
  chunk.optimizers = static_cast<int64_t>(optimizers_.size());
  chunk.order = epoch_order(call.dataset, dataset, call.epoch, call.shuffle);
  chunk.order_version = order_version_;
  static_assert(sizeof(Method::Step) == StepQueue::kScalarBytes);
  for (int64_t i = 0; i < steps; ++i) {
    for (const auto& optimizer : optimizers_) {
      const Method::Step scalars = optimizer->scalars(static_cast<uint64_t>(i));
      chunk.scalars.insert(chunk.scalars.end(), std::begin(scalars.bytes), std::end(scalars.bytes));
    }
    if (!augmentation) continue;
    const auto samples =
        chunk.order.subspan(static_cast<size_t>(chunk.first_sample + i * batch), static_cast<size_t>(batch));
    const Resampling& drawn = augmentation->draw(seed_, static_cast<uint32_t>(call.epoch), samples);
    chunk.maps.insert(chunk.maps.end(), drawn.maps, drawn.maps + batch);
    if (const Displacement* const first = drawn.displacements)
      chunk.displacements.insert(chunk.displacements.end(), first, first + batch);
  }
  return chunk;
}

// Steps of one form differ in nothing but what the queue hands over.
std::string Session::step_form(const Dataset& dataset, const Resampling* resampling, int64_t batch) const {
  const DeviceDataset& data = dataset.device();
  std::string form = std::to_string(batch) + (data.bytes ? " bytes " : " floats ") + std::to_string(data.table_rows);
  if (resampling) form += " fill " + std::to_string(static_cast<int>(resampling->fill));
  if (resampling && resampling->displacements) form += " displaced";
  const void* const places[] = {data.inputs, data.byte_table, data.targets, data.permutation};
  form.append(reinterpret_cast<const char*>(places), sizeof places);
  const Grid& masks = data.target_cut.stored;
  form += " masks " + std::to_string(masks.rows) + ' ' + std::to_string(masks.columns);
  for (const auto& optimizer : optimizers_) form += optimizer->form();
  return form;
}

// The ops of `train_step`, with nothing that waits for one of them.
void Session::issue_step(const Dataset& dataset, const Resampling* resampling, int64_t batch) {
  if (resampling) {
    backend_->gather_resampled(dataset.device(), nullptr, batch, *resampling, network_->input(), targets_.data());
  } else {
    backend_->gather(dataset.device(), nullptr, batch, network_->input(), targets_.data());
  }
  network_->begin_step();
  for (int64_t s = 0; s < samples_; ++s) {
    draw_weights(s);
    network_->forward(Phase::train, batch, draw(Stream::dropout, s), {}, nullptr);
    {
      const NamedRange range(*backend_, "loss");
      backend_->loss(loss_call(batch, network_->output_gradient().data));
    }
    network_->backward(Phase::train, batch, false, nullptr);
  }
  network_->commit_step();
}

void Session::settle_chunk(const std::vector<StepResult>& steps, int64_t batch, double seconds, TrainResult& result) {
  for (const StepResult& step : steps) {
    if (!step.done) {
      broken_.reset();
      check_loss({step.loss, step.correct});
      return;
    }
    for (const auto& optimizer : optimizers_) optimizer->set_updates(optimizer->updates() + 1);
    ++step_;
    if (step.not_finite) refuse_weights();
    ++result.steps;
    result.loss_sum += step.loss;
    result.step_losses.push_back(step.loss);
    result.correct += step.correct;
    result.count += batch;
    result.flips += step.flips;
    result.step_seconds.push_back(seconds / static_cast<double>(steps.size()));
  }
  broken_.reset();
}

void Session::train_queued(const TrainCall& call, const Dataset& dataset, BatchAugmentation* augmentation,
                           StepQueue& queue, TrainResult& result) {
  using Clock = std::chrono::steady_clock;
  const auto seconds_since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  const NamedRange epoch_range(*backend_, ("epoch " + std::to_string(call.epoch)).c_str());
  const Clock::time_point start = Clock::now();
  while (result.steps < call.batches && !cancelled_) {
    const Clock::time_point chunk_start = Clock::now();
    const auto profiled = backend_->profile.total();
    const int64_t first = (call.first_batch + result.steps) * call.batch_size;
    const int64_t batch = std::min(call.batch_size, dataset.size() - first);
    // Of one size: the last batch of an epoch may be smaller.
    const int64_t alike = std::max<int64_t>(1, (dataset.size() - first) / call.batch_size);
    const int64_t steps = std::min({queued_steps_, alike, call.batches - result.steps, queue.most_steps()});
    const StepChunk chunk = plan_chunk(call, dataset, augmentation, batch, steps, result.steps);
    for (const auto& optimizer : optimizers_) {
      optimizer->begin_step(seed_, step_, Optimizer::Update::commit_and_materialize_next);
      if (optimizer->packed()) optimizer->materialize();
    }
    const Resampling* const resampling = augmentation ? &augmentation->drawn() : nullptr;
    ChunkGuard guard(queue, optimizers_);
    queue.begin(chunk);
    broken_.emplace(ErrorCode::internal, "a chunk of steps was cut short: set the state, or start anew");
    for (int64_t i = 0; i < steps && !cancelled_; ++i) {
      const NamedRange step_range(*backend_, "step");
      for (const auto& optimizer : optimizers_)
        optimizer->begin_step(seed_, step_ + static_cast<uint32_t>(i), Optimizer::Update::commit_and_materialize_next);
      queue.step(step_form(dataset, resampling, batch), [&] { issue_step(dataset, resampling, batch); });
      for (const auto& optimizer : optimizers_) optimizer->commit_step();
    }
    const std::vector<StepResult> results = guard.finish();
    const double seconds = seconds_since(chunk_start);
    const bool all_done = !results.empty() && results.back().done && !results.back().not_finite;
    if (!all_done) {
      for (const auto& optimizer : optimizers_) optimizer->forget_weights();
    }
    settle_chunk(results, batch, seconds, result);
    backend_->profile.add(Part::other, Clock::now() - chunk_start - (backend_->profile.total() - profiled));
    if (seconds_since(start) * 1000 >= call.budget_milliseconds) break;
    const double step_seconds = seconds / static_cast<double>(std::max<size_t>(1, results.size()));
    const double fitting = kChunkShare * call.budget_milliseconds / 1000 / step_seconds;
    queued_steps_ = static_cast<int64_t>(std::clamp(fitting, 1.0, 2.0 * static_cast<double>(queued_steps_)));
  }
  result.cancelled = cancelled_ && call.batches > 0;
}

}  // namespace bayesbinn
