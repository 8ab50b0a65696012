// Session: one step on an explicit batch, with recorded noise, masks and weights.
#include <cmath>

#include "core/session.h"

namespace bayesbinn {
namespace {

void check_length(const std::string& what, size_t given, int64_t wanted) {
  if (static_cast<int64_t>(given) == wanted) return;
  throw Error(ErrorCode::shape_mismatch,
              what + ": " + std::to_string(given) + " values given, accepted: " + std::to_string(wanted));
}

void check_targets(const ReplayCall& call, bool labels, ChannelShape outputs) {
  if (labels ? !call.labels : !call.rows) {
    throw Error(ErrorCode::option_type,
                std::string("targets: accepted: ") + (labels ? "class labels (Int32Array)" : "numbers (Float32Array)"));
  }
  check_length("targets", labels ? call.labels->size() : call.rows->size(),
               call.batch * outputs.spatial * (labels ? 1 : outputs.channels));
  if (!labels) return;
  for (const int32_t label : *call.labels) {
    if (label < 0 || label >= outputs.channels) {
      throw Error(ErrorCode::option_range, "targets: label " + std::to_string(label) + ", accepted: 0 to " +
                                               std::to_string(outputs.channels - 1));
    }
  }
}

// Optimizers draw and keep nothing again, however the call ends.
struct RecordingEnd {
  std::vector<std::unique_ptr<Optimizer>>& optimizers;
  ~RecordingEnd() {
    for (const auto& optimizer : optimizers) optimizer->record(nullptr, false, nullptr);
  }
};

}  // namespace

void Session::check_replay(const ReplayCall& call, int64_t samples) const {
  check_weights();
  check_batch("batch", call.batch);
  check_length("inputs", call.inputs.size(), call.batch * element_count(network_->input_shape()));
  if (call.commit && call.phase == Phase::eval) {
    throw Error(ErrorCode::option_range, "commit: true given, accepted: false where phase is \"eval\"");
  }
  if (call.output_gradients.empty()) {
    check_targets(call, labels_, output_channels());
  } else {
    check_length("outputGradients", call.output_gradients.size(), samples);
    for (const auto& gradient : call.output_gradients) {
      check_length("outputGradients", gradient.size(), call.batch * element_count(network_->output_shape()));
    }
  }
  const auto check_lists = [&](const char* what, const std::optional<RecordedArrays>& lists) {
    if (!lists) return;
    check_length(std::string(what) + " (an optimizer each)", lists->size(), static_cast<int64_t>(optimizers_.size()));
    for (size_t i = 0; i < lists->size(); ++i) {
      if ((*lists)[i]) check_length(what, (*lists)[i]->size(), samples * optimizers_[i]->count());
    }
  };
  check_lists("noise", call.noise);
  check_lists("weights", call.weights);
  for (const auto& [name, keep] : call.dropout_keep) {
    const int layer = network_->find(name);
    if (layer < 0 || network_->mask_flags(layer) == 0) {
      throw Error(ErrorCode::option_range,
                  "dropoutKeep: " + quoted(name) + " given, accepted: names of dropout layers");
    }
    check_length("dropoutKeep." + name, keep.size(), samples * call.batch * network_->mask_flags(layer));
  }
}

RecordedMasks Session::masks_of(const ReplayCall& call, int64_t sample) const {
  RecordedMasks masks(network_->describe().size());
  for (const auto& [name, keep] : call.dropout_keep) {
    const int layer = network_->find(name);
    masks[static_cast<size_t>(layer)] = keep.data() + sample * call.batch * network_->mask_flags(layer);
  }
  return masks;
}

ReplayResult Session::replay(const ReplayCall& call) {
  if (!initialize_once(abandoned_)) return {};
  const bool train = call.phase == Phase::train;
  const int64_t samples = train ? samples_ : 1;
  const int64_t batch = call.batch;
  const int64_t features = element_count(network_->input_shape());
  const int64_t outputs = element_count(network_->output_shape());
  const bool given_gradient = !call.output_gradients.empty();
  check_replay(call, samples);

  ReplayResult result;
  const RecordingEnd recording_end = {optimizers_};
  std::vector<Buffer> noise(optimizers_.size()), gradients(optimizers_.size());
  const auto bytes_of = [](size_t count) { return static_cast<int64_t>(count * sizeof(float)); };
  network_->prepare(true);
  network_->begin_step();
  for (size_t i = 0; i < optimizers_.size(); ++i) {
    Optimizer& optimizer = *optimizers_[i];
    const auto all = static_cast<size_t>(samples * optimizer.count());
    gradients[i] = Buffer(*backend_, bytes_of(all));
    if (call.noise && (*call.noise)[i]) {
      noise[i] = Buffer(*backend_, bytes_of(all));
      backend_->upload(noise[i].data(), (*call.noise)[i]->data(), noise[i].bytes());
    }
    optimizer.record(noise[i].floats(), call.weights && (*call.weights)[i], gradients[i].floats());
    optimizer.begin_step(seed_, step_, call.commit ? Optimizer::Update::commit : Optimizer::Update::none);
    if (noise[i].bytes() > 0 && optimizer.needs_noise()) check_noise(*(*call.noise)[i]);
    result.weights.emplace_back(all);
    result.gradients.emplace_back(all);
  }

  for (int64_t s = 0; s < samples; ++s) {
    for (size_t i = 0; i < optimizers_.size(); ++i) {
      Optimizer& optimizer = *optimizers_[i];
      optimizer.begin_sample(s);
      if (call.weights && (*call.weights)[i]) {
        optimizer.set_weights((*call.weights)[i]->data() + s * optimizer.count());
      } else if (train) {
        optimizer.materialize();
      } else {
        optimizer.materialize_mode();
      }
      optimizer.copy_weights(result.weights[i].data() + s * optimizer.count());
    }
    backend_->import_rows(call.inputs.data(), network_->input(), batch);
    if (!given_gradient) {
      const void* targets = labels_ ? static_cast<const void*>(call.labels->data()) : call.rows->data();
      const ChannelShape shape = output_channels();
      backend_->import_targets(targets, labels_, shape.spatial * (labels_ ? 1 : shape.channels), batch,
                               targets_.data());
    }
    network_->forward(call.phase, batch, draw(Stream::dropout, s), masks_of(call, s), nullptr);
    result.outputs.emplace_back(static_cast<size_t>(batch * outputs));
    backend_->export_rows(network_->output(), result.outputs.back().data(), batch);
    if (given_gradient) {
      backend_->import_rows(call.output_gradients[static_cast<size_t>(s)].data(), network_->output_gradient(), batch);
      result.losses.push_back(std::nan(""));
    } else {
      const LossSums sums = backend_->loss(loss_call(batch, network_->output_gradient().data));
      if (call.commit) check_loss(sums);
      result.losses.push_back(sums.loss / static_cast<double>(batch));
    }
    if (call.commit && s + 1 == samples) begin_update();
    network_->backward(call.phase, batch, true, nullptr);
    result.input_gradients.emplace_back(static_cast<size_t>(batch * features));
    backend_->export_rows(network_->input_gradient(), result.input_gradients.back().data(), batch);
  }

  for (size_t i = 0; i < optimizers_.size(); ++i) {
    backend_->download(result.gradients[i].data(), gradients[i].data(), gradients[i].bytes());
  }
  if (call.commit) {
    commit_step();
  }
  return result;
}

}  // namespace bayesbinn
