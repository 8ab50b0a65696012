// Session: its state as named tensors.
#include <cmath>
#include <map>

#include "core/session.h"

namespace bayesbinn {

// In the network's order: latent weights, with their optimizer's state where training goes on, and running statistics.
std::vector<Session::StateTensor> Session::state_tensors(StateScope scope) {
  std::vector<StateTensor> tensors;
  for (const NamedParameter& named : network_->parameters()) {
    for (const auto& optimizer : optimizers_) {
      for (const Optimizer::Claim& claim : optimizer->claims()) {
        if (claim.parameter != named.parameter) continue;
        tensors.push_back({named.name, named.parameter->shape, optimizer->latent() + claim.first});
        for (int s = 0; scope == StateScope::training && s < optimizer->method().slots(); ++s) {
          if (!optimizer->slot(s)) continue;
          tensors.push_back({named.name + '/' + optimizer->method().slot_name(s), named.parameter->shape,
                             optimizer->slot(s) + claim.first});
        }
      }
    }
  }
  for (const NamedStatistic& named : network_->statistics()) {
    tensors.push_back({named.name, named.statistic->shape, named.statistic->committed});
  }
  return tensors;
}

std::vector<NamedTensor> Session::state(StateScope scope) {
  std::vector<NamedTensor> list;
  if (!initialize_once(abandoned_)) return list;
  for (const StateTensor& tensor : state_tensors(scope)) {
    NamedTensor copy = {tensor.name, tensor.shape,
                        std::vector<float>(static_cast<size_t>(element_count(tensor.shape)))};
    backend_->download(copy.data.data(), tensor.device, static_cast<int64_t>(copy.data.size() * sizeof(float)));
    list.push_back(std::move(copy));
  }
  return list;
}

void Session::set_state(StateScope scope, const std::vector<NamedTensor>& tensors) {
  if (!initialize_once(abandoned_)) return;
  const auto refuse = [](const std::string& name, const std::string& what) {
    throw Error(ErrorCode::checkpoint_mismatch, "tensor " + quoted(name) + ": " + what, {{"tensor", name}});
  };
  const std::vector<StateTensor> own = state_tensors(scope);
  std::map<std::string, const NamedTensor*> given;
  for (const NamedTensor& tensor : tensors) {
    if (!given.emplace(tensor.name, &tensor).second) refuse(tensor.name, "given twice");
  }
  for (const StateTensor& tensor : own) {
    const auto at = given.find(tensor.name);
    if (at == given.end()) refuse(tensor.name, "missing");
    if (at->second->shape != tensor.shape ||
        static_cast<int64_t>(at->second->data.size()) != element_count(tensor.shape)) {
      refuse(tensor.name, "shape " + to_string(at->second->shape) + " given, accepted: " + to_string(tensor.shape));
    }
    for (const float value : at->second->data) {
      if (std::isfinite(value)) continue;
      throw Error(ErrorCode::numeric,
                  "tensor " + quoted(tensor.name) + ": " + Value(value).describe() + " given, accepted: finite numbers",
                  {{"tensor", tensor.name}});
    }
    given.erase(at);
  }
  if (!given.empty()) refuse(given.begin()->first, "the network has none of this name");
  for (const NamedTensor& tensor : tensors) given.emplace(tensor.name, &tensor);
  for (const auto& optimizer : optimizers_) optimizer->forget_weights();
  broken_.reset();
  for (const StateTensor& tensor : own) {
    const std::vector<float>& data = given.at(tensor.name)->data;
    backend_->upload(tensor.device, data.data(), static_cast<int64_t>(data.size() * sizeof(float)));
  }
}

// Weights and their state are checked in each step.
void Session::check_statistics() {
  std::vector<float> values;
  for (const NamedStatistic& named : network_->statistics()) {
    values.resize(static_cast<size_t>(element_count(named.statistic->shape)));
    backend_->download(values.data(), named.statistic->committed, static_cast<int64_t>(values.size() * sizeof(float)));
    for (const float value : values) {
      if (std::isfinite(value)) continue;
      throw Error(ErrorCode::numeric,
                  "running statistic " + quoted(named.name) + ": " + Value(value).describe() +
                      ", accepted: finite numbers; what the layer gets is too large for float32",
                  {{"tensor", named.name}});
    }
  }
}

std::vector<TensorLayout> Session::state_layout(StateScope scope) {
  std::vector<TensorLayout> layout;
  check_weights();
  if (!initialize_once(abandoned_)) return layout;
  check_statistics();
  for (const StateTensor& tensor : state_tensors(scope)) layout.push_back({tensor.name, tensor.shape});
  return layout;
}

std::vector<Histogram> Session::distributions(int64_t bins) {
  std::vector<Histogram> histograms;
  check_weights();
  if (!initialize_once(abandoned_)) return histograms;
  for (const auto& optimizer : optimizers_) histograms.push_back(optimizer->histogram(bins));
  return histograms;
}

void Session::read_state(const std::string& name, int64_t first, std::span<float> out) {
  if (!initialize_once(abandoned_)) return;
  for (const StateTensor& tensor : state_tensors(StateScope::training)) {
    if (tensor.name != name) continue;
    check_piece(name, element_count(tensor.shape), first, static_cast<int64_t>(out.size()));
    backend_->download(out.data(), tensor.device + first, static_cast<int64_t>(out.size_bytes()));
    return;
  }
  throw Error(ErrorCode::option_range, "tensor " + quoted(name) + ": the network has none of this name");
}

void Session::keep_state(StateCopy& copy, StateScope scope) {
  const std::vector<TensorLayout> layout = state_layout(scope);
  if (!initialized_) return;
  const std::vector<StateTensor> tensors = state_tensors(scope);
  copy.keep(layout, [&](size_t i, float* out) {
    backend_->download(out, tensors[i].device, element_count(tensors[i].shape) * static_cast<int64_t>(sizeof(float)));
  });
}

void Session::restore_state(const StateCopy& copy) {
  if (!initialize_once(abandoned_)) return;
  const std::vector<StateTensor> tensors = state_tensors(StateScope::model);
  const bool kept = copy.give([&](size_t i, const float* values) {
    backend_->upload(tensors[i].device, values, element_count(tensors[i].shape) * static_cast<int64_t>(sizeof(float)));
  });
  if (!kept) throw Error(ErrorCode::checkpoint_mismatch, "no state was kept");
  for (const auto& optimizer : optimizers_) optimizer->forget_weights();
  broken_.reset();
}

}  // namespace bayesbinn
