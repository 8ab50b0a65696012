#include "core/session.h"

#include "base/memory.h"
#include "losses/list.h"

namespace bayesbinn {
namespace {

constexpr int kNoDevice = -1;

// The number of a CUDA device by its name, "cuda" for the first or "cuda:3"; `kNoDevice` for any other name.
int cuda_ordinal(const std::string& name) {
  if (name == "cuda") return 0;
  const size_t digits = name.size() - std::min(name.size(), sizeof "cuda:" - 1);
  if (name.rfind("cuda:", 0) != 0 || digits == 0 || digits > 4) return kNoDevice;
  int ordinal = 0;
  for (const char digit : name.substr(name.size() - digits)) {
    if (digit < '0' || digit > '9') return kNoDevice;
    ordinal = 10 * ordinal + (digit - '0');
  }
  return ordinal;
}

}  // namespace

Session::Session(const Value& spec) {
  OptionReader reader(spec, "");
  device_ = reader.text("device");
  reader.number("threads", threads_, integers(1, 256));
  double seed = 0;
  reader.number("seed", seed, integers(0, 9007199254740991.0));
  seed_ = static_cast<uint64_t>(seed);
  int64_t max_batch = 0;
  reader.number("maxBatch", max_batch, integers(1, 1 << 20));
  const Shape input_shape = reader.integer_list("inputShape", integers(1, 1 << 24));
  OptionReader cuda_reader(reader.any("cuda"), "cuda");
  const auto cuda = read_options<CudaOptions>(cuda_reader);
  const Value& layers = reader.any("layers");
  const Value& loss = reader.any("loss");
  const Value& optimizers = reader.any("optimizers");
  reader.finish();
  if (input_shape.empty()) throw Error(ErrorCode::option_range, "inputShape: [] given, accepted: 1 or more dimensions");

  choose_device(cuda);
  network_ = std::make_unique<Network>(*backend_, input_shape, layers, max_batch);

  OptionReader loss_reader(loss, "loss");
  const std::string loss_name = loss_reader.text("type");
  loss_ = Losses::find(loss_name);
  if (loss_ < 0) throw Error(ErrorCode::option_range, "loss.type: unknown loss " + quoted(loss_name));
  std::vector<double> loss_constants;
  Losses::visit(loss_, [&]<class L>() {
    const auto options = read_options<typename L::Options>(loss_reader);
    L::validate(options, output_channels().channels);
    loss_constants = L::constants(options);
    labels_ = L::kLabels;
    probabilities_ = L::kProbabilities;
    counts_correct_ = L::kCountsCorrect;
  });
  claim_parameters(optimizers);
  agree_on_samples();
  allocate(loss_constants);
}

void Session::choose_device(const CudaOptions& options) {
  int ordinal = cuda_ordinal(device_);
  if (device_ != "auto" && device_ != "cpu" && ordinal == kNoDevice) {
    throw Error(ErrorCode::option_range,
                "device: " + quoted(device_) + " given, accepted: \"auto\", \"cpu\", \"cuda\", \"cuda:N\"");
  }
  device_reason_ = "asked for";
  if (device_ == "auto") {
    const DeviceStatus cuda = cuda_status(true);
    device_reason_ = cuda.reason;
    if (cuda.usable) ordinal = 0;
  }
  const bool cuda = ordinal != kNoDevice;
  device_ = !cuda ? "cpu" : ordinal == 0 ? "cuda" : "cuda:" + std::to_string(ordinal);
  backend_ = cuda ? make_cuda_backend(ordinal, options) : make_cpu_backend(static_cast<int>(threads_));
}

void Session::claim_parameters(const Value& specs) {
  if (!specs.array())
    throw Error(ErrorCode::option_type, "optimizers: " + specs.describe() + " given, accepted: an array");
  std::vector<NamedParameter> parameters = network_->parameters();
  std::vector<bool> claimed(parameters.size());
  for (const Value& spec : *specs.array()) {
    const auto index = static_cast<uint32_t>(optimizers_.size());
    optimizers_.push_back(std::make_unique<Optimizer>(*backend_, spec, index, parameters, claimed));
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (claimed[i]) continue;
    throw Error(ErrorCode::optimizer_claim, "parameter " + quoted(parameters[i].name) + " is claimed by no optimizer",
                {{"parameter", parameters[i].name}});
  }
}

void Session::agree_on_samples() {
  const Optimizer* first = nullptr;
  for (const auto& optimizer : optimizers_) {
    const Method& method = optimizer->method();
    if (method.claims() != ParameterKind::binary) continue;
    if (!first) {
      first = optimizer.get();
      samples_ = method.samples();
    }
    if (method.samples() == samples_) continue;
    const std::string path = optimizer->path() + ".samples";
    const std::string given = std::to_string(method.samples());
    const std::string accepted = std::to_string(samples_) + ", as in " + first->path();
    throw Error(ErrorCode::option_range, path + ": " + given + " a step given, accepted: " + accepted,
                {{"path", path}, {"value", given}, {"accepted", accepted}});
  }
}

void Session::allocate(const std::vector<double>& loss_constants) {
  const int64_t target_bytes =
      backend_->target_bytes(labels_, element_count(network_->output_shape()), network_->max_batch());
  const auto constant_bytes = static_cast<int64_t>(loss_constants.size() * sizeof(double));
  int64_t total = network_->bytes() + target_bytes + constant_bytes + network_->scratch_bytes();
  for (const auto& optimizer : optimizers_) total += optimizer->planned_bytes(samples_);
  if (on_host()) require_memory("session", total);
  network_->allocate();
  targets_ = Buffer(*backend_, target_bytes);
  if (constant_bytes > 0) {
    loss_constants_ = Buffer(*backend_, constant_bytes);
    backend_->upload(loss_constants_.data(), loss_constants.data(), constant_bytes);
  }
  for (const auto& optimizer : optimizers_) optimizer->allocate(samples_);
}

bool Session::initialize_once(const std::atomic<bool>& stop) {
  if (initialized_) return true;
  for (const auto& optimizer : optimizers_) {
    if (!optimizer->initialize(seed_, stop)) return false;
  }
  return initialized_ = true;
}

int64_t Session::bytes() const {
  int64_t total = network_->bytes() + targets_.bytes() + loss_constants_.bytes() + datasets_.bytes();
  for (const auto& optimizer : optimizers_) total += optimizer->bytes();
  return total;
}

ChannelShape Session::output_channels() const {
  const Shape& shape = network_->output_shape();
  return {channels(shape), spatial_size(shape)};
}

DatasetNeeds Session::dataset_needs() const {
  return {network_->input_shape(), network_->output_shape(), labels_, probabilities_, on_host()};
}

LossCall Session::loss_call(int64_t batch, float* gradient) const {
  const auto* const constants = reinterpret_cast<const double*>(loss_constants_.data());
  return {loss_, constants, batch, output_channels(), network_->output().data, targets_.data(), gradient};
}

void Session::begin_update() {
  for (const auto& optimizer : optimizers_) optimizer->forget_weights();
  broken_.emplace(ErrorCode::internal, "an update of the weights was cut short: set the state, or start anew");
}

void Session::commit_step() {
  network_->commit_step();
  bool finite = true;
  for (const auto& optimizer : optimizers_) finite &= optimizer->commit_step();
  ++step_;
  broken_.reset();
  if (!finite) refuse_weights();
}

void Session::refuse_weights() {
  broken_.emplace(
      ErrorCode::numeric,
      "training step " + std::to_string(step_ - 1) +
          " gave latent weights, or optimizer state, that are not finite numbers: set the state, or start anew");
  throw *broken_;
}

void Session::check_weights() const {
  if (broken_) throw *broken_;
}

void Session::check_batch(const char* what, int64_t batch) const {
  if (batch >= 1 && batch <= network_->max_batch()) return;
  throw Error(ErrorCode::option_range,
              std::string(what) + ": " + std::to_string(batch) +
                  " given, accepted: 1 to maxBatch = " + std::to_string(network_->max_batch()),
              {{"path", what}, {"value", std::to_string(batch)}});
}

void Session::set_counters(uint32_t step, const std::vector<uint64_t>& updates) {
  if (updates.size() != optimizers_.size()) {
    throw Error(ErrorCode::checkpoint_mismatch, "counters of " + std::to_string(updates.size()) +
                                                    " optimizers, but the session has " +
                                                    std::to_string(optimizers_.size()));
  }
  step_ = step;
  for (size_t i = 0; i < updates.size(); ++i) optimizers_[i]->set_updates(updates[i]);
}

}  // namespace bayesbinn
