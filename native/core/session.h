// A model on a device: network, optimizers, datasets, counters; and the calls that work on them. One call at a time.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "augmentations/pipeline.h"
#include "core/batch_augmentation.h"
#include "core/dataset.h"
#include "core/network.h"
#include "core/optimizer.h"
#include "core/prediction_statistics.h"
#include "core/state_copy.h"

namespace bayesbinn {

struct TrainCall {
  int dataset;
  int64_t epoch, batch_size, first_batch, batches;
  bool shuffle;
  double budget_milliseconds;
  Pipeline augmentation;
};

struct TrainResult {
  int64_t steps = 0;
  bool cancelled = false;
  double loss_sum = 0;
  double correct = 0;
  int64_t count = 0;
  int64_t flips = 0;                // binary weights whose mode changed, summed over the steps
  std::vector<double> step_losses;  // sums over each step's samples
  std::vector<double> step_seconds;
};

// samples 0: the mode; else the mean of predictions over draws from the posterior.
struct WeightChoice {
  int64_t samples;
  uint32_t draw;
};

// Samples whose statistics stand in for the running ones of training, formed for each choice of weights.
struct Reestimation {
  int dataset;
  int64_t batch_size;
};

struct EvaluateCall {
  int dataset;
  int64_t batch_size;
  WeightChoice weights;
  std::optional<Reestimation> batch_norm;
  bool predictions;  // whether these are part of the result, after the link
};

struct EvaluateResult {
  bool cancelled = false;
  double loss_sum = 0;
  double correct = 0;
  int64_t count = 0;
  std::vector<float> predictions;
};

struct PredictCall {
  std::optional<int> dataset;  // its samples, or
  std::vector<float> inputs;   // these
  int64_t batch_size;
  bool link;
  WeightChoice weights;
  std::optional<Reestimation> batch_norm;
  PredictionStatistic statistics;
  bool record_outputs;  // every draw's, before the link
};

struct PredictResult {
  bool cancelled = false;
  std::vector<float> values;
  PredictionSpread spread;
  std::vector<float> logits;
};

// An entry an optimizer, which may be absent.
using RecordedArrays = std::vector<std::optional<std::vector<float>>>;

// See ReplayCall in lib/native/contract.ts.
struct ReplayCall {
  std::vector<float> inputs;
  std::optional<std::vector<int32_t>> labels;
  std::optional<std::vector<float>> rows;
  std::vector<std::vector<float>> output_gradients;
  int64_t batch;
  Phase phase;
  bool commit;
  std::optional<RecordedArrays> noise;    // absent: drawn
  std::optional<RecordedArrays> weights;  // absent: materialised
  std::vector<std::pair<std::string, std::vector<uint8_t>>> dropout_keep;
};

struct ReplayResult {
  std::vector<double> losses;
  std::vector<std::vector<float>> outputs, input_gradients;  // a weight sample each
  std::vector<std::vector<float>> weights, gradients;        // an optimizer each
};

struct NamedTensor {
  std::string name;
  Shape shape;
  std::vector<float> data;
};

enum class StateScope { model, training };

class Session {
 public:
  // `spec` as SessionSpec in lib/native/contract.ts.
  explicit Session(const Value& spec);

  Backend& backend() { return *backend_; }
  Network& network() { return *network_; }
  const std::string& device() const { return device_; }
  const std::string& device_reason() const { return device_reason_; }
  int64_t threads() const { return threads_; }
  int64_t bytes() const;
  std::vector<std::unique_ptr<Optimizer>>& optimizers() { return optimizers_; }
  DatasetStore& datasets() { return datasets_; }
  DatasetNeeds dataset_needs() const;
  bool counts_correct() const { return counts_correct_; }

  TrainResult train(const TrainCall& call);
  EvaluateResult evaluate(const EvaluateCall& call);
  PredictResult predict(const PredictCall& call);
  ReplayResult replay(const ReplayCall& call);

  std::vector<NamedTensor> state(StateScope scope);
  // All of the scope must be given. ERR_CHECKPOINT_MISMATCH, ERR_NUMERIC, with nothing changed.
  void set_state(StateScope scope, const std::vector<NamedTensor>& tensors);
  // What `state` would give, without the values: what a copy or a file is begun with. ERR_NUMERIC where a running
  // statistic is no finite number, since nobody could read that again.
  std::vector<TensorLayout> state_layout(StateScope scope);
  // An entry an optimizer; no counts where its method has no distribution. `bins`: 1..4096.
  std::vector<Histogram> distributions(int64_t bins);
  // A piece of a tensor of the training scope. ERR_OPTION_RANGE, ERR_SHAPE_MISMATCH.
  void read_state(const std::string& name, int64_t first, std::span<float> out);
  // The state into a copy, of the same scope each time, and back where that is the model's. ERR_OUT_OF_MEMORY,
  // ERR_NUMERIC as `state_layout`, with the copy as it was; ERR_CHECKPOINT_MISMATCH where nothing was kept.
  void keep_state(StateCopy& copy, StateScope scope);
  void restore_state(const StateCopy& copy);

  uint32_t step() const { return step_; }
  void set_counters(uint32_t step, const std::vector<uint64_t>& updates);

  // From any thread: the running call stops at the next safe point. `stop_for_good` also where that leaves a step
  // half done.
  void cancel() { cancelled_ = true; }
  void stop_for_good() { abandoned_ = cancelled_ = true; }
  // Before a call starts.
  void clear_cancel() { cancelled_ = abandoned_.load(); }

 private:
  struct StateTensor {
    std::string name;
    Shape shape;
    float* device;
  };

  void choose_device(const CudaOptions& options);
  void claim_parameters(const Value& specs);
  // Weight samples a step: those of the optimizers of binary weights, which must agree; the others follow.
  void agree_on_samples();
  // All memory at once, where there is enough. ERR_OUT_OF_MEMORY.
  void allocate(const std::vector<double>& loss_constants);
  // First weights are drawn by the first call that needs them, off the thread that made the session. False where `stop`
  // was seen: the next call begins anew.
  bool initialize_once(const std::atomic<bool>& stop);
  // ERR_NUMERIC where the loss of the step at hand is no finite number.
  void check_loss(const LossSums& sums) const;
  // The weights of a weight sample, where they are not drawn already.
  void draw_weights(int64_t sample);
  bool train_step(int64_t batch, LossSums& sums);
  // The same for backends that queue steps, chunk by chunk.
  void train_queued(const TrainCall& call, const Dataset& dataset, BatchAugmentation* augmentation, StepQueue& queue,
                    TrainResult& result);
  StepChunk plan_chunk(const TrainCall& call, const Dataset& dataset, BatchAugmentation* augmentation, int64_t batch,
                       int64_t steps, int64_t done);
  void issue_step(const Dataset& dataset, const Resampling* resampling, int64_t batch);
  std::string step_form(const Dataset& dataset, const Resampling* resampling, int64_t batch) const;
  // Takes over what the queue's steps gave. ERR_NUMERIC.
  void settle_chunk(const std::vector<StepResult>& steps, int64_t batch, double seconds, TrainResult& result);
  void materialize_prediction(WeightChoice weights, int64_t sample);
  // Statistics of the weights at hand, for the evaluations that follow. False where the call was cancelled.
  bool reestimate(const Reestimation& reestimation);
  void check_reestimation(const std::optional<Reestimation>& reestimation) const;
  int64_t count_of(const PredictCall& call) const;
  void predictions(bool link, int64_t batch, float* host);
  void add_predictions(bool link, int64_t batch, float share, std::vector<float>& part, float* sum);
  bool forward_eval(int64_t batch) { return network_->forward(Phase::eval, batch, {}, {}, &cancelled_); }
  LossCall loss_call(int64_t batch, float* gradient) const;
  ChannelShape output_channels() const;
  bool on_host() const { return device_ == "cpu"; }
  Draw draw(Stream stream, int64_t sample) const { return {seed_, step_, static_cast<uint32_t>(sample), stream, 0}; }
  const std::vector<uint32_t>& epoch_order(int id, const Dataset& dataset, int64_t epoch, bool shuffle);
  // Around the backward pass that updates: an error in between leaves weights of which some are new, which nothing but
  // other weights can mend. ERR_INTERNAL from `check_weights` until then.
  void begin_update();
  // Counters and statistics of a step whose update is done. ERR_NUMERIC, then also from `check_weights`, where it gave
  // latent weights that are no finite numbers.
  void commit_step();
  void check_weights() const;
  // After the update of step `step_` - 1 gave weights or state that are no finite numbers. ERR_NUMERIC, always.
  [[noreturn]] void refuse_weights();
  // ERR_NUMERIC where a running statistic is no finite number.
  void check_statistics();
  void check_batch(const char* what, int64_t batch) const;
  void check_replay(const ReplayCall& call, int64_t samples) const;
  RecordedMasks masks_of(const ReplayCall& call, int64_t sample) const;
  std::vector<StateTensor> state_tensors(StateScope scope);

  std::string device_, device_reason_;
  int64_t threads_ = 1;
  uint64_t seed_ = 0;
  uint32_t step_ = 0;
  std::unique_ptr<Backend> backend_;  // first: everything else lives in its memory
  std::unique_ptr<Network> network_;
  std::vector<std::unique_ptr<Optimizer>> optimizers_;
  bool initialized_ = false;
  std::optional<Error> broken_;  // what is wrong with the weights
  int64_t samples_ = 1;          // weight samples a step
  int loss_ = 0;
  bool labels_ = false;
  bool probabilities_ = false;
  bool counts_correct_ = false;
  Buffer targets_;
  Buffer loss_constants_;  // recorded steps know its place
  DatasetStore datasets_;
  std::vector<uint32_t> order_;
  int64_t order_dataset_ = -1, order_epoch_ = -1;
  uint64_t order_version_ = 0;
  int64_t queued_steps_ = 1;  // of the next chunk at most, as long as the steps of the last one took
  std::atomic<bool> cancelled_{false}, abandoned_{false};
};

}  // namespace bayesbinn
