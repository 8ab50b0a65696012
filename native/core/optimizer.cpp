#include "core/optimizer.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace bayesbinn {
namespace {

const char* to_string(ParameterKind kind) { return kind == ParameterKind::binary ? "binary" : "real"; }

// Proposals of a parameter: constants, or uniform in +-limit from the draws u.
void propose(const Parameter& parameter, int64_t count, const float* u, float* out) {
  double limit = 0;
  switch (parameter.initial) {
    case Initial::zeros: std::fill(out, out + count, 0.0f); return;
    case Initial::ones: std::fill(out, out + count, 1.0f); return;
    // Glorot, Bengio, AISTATS 2010, eq. 16
    case Initial::glorot_uniform:
      limit = std::sqrt(6.0 / static_cast<double>(parameter.fan_in + parameter.fan_out));
      break;
    case Initial::fan_in_uniform: limit = std::sqrt(1.0 / static_cast<double>(parameter.fan_in)); break;
  }
  for (int64_t i = 0; i < count; ++i) out[i] = static_cast<float>((2.0 * u[i] - 1.0) * limit);
}

}  // namespace

void check_noise(std::span<const float> noise) {
  for (const float u : noise) {
    if (u > 0 && u < 1) continue;
    throw Error(ErrorCode::option_range, "noise: " + Value(u).describe() + " given, accepted: numbers > 0 and < 1");
  }
}

Optimizer::Optimizer(Backend& backend, const Value& spec, uint32_t index, std::vector<NamedParameter>& parameters,
                     std::vector<bool>& claimed)
    : backend_(backend), index_(index) {
  OptionReader reader(spec, path());
  const std::string type = reader.text("type");
  const std::vector<std::string> names = reader.text_list("parameters");
  method_ = Method::read(type, reader);
  std::unordered_map<std::string, bool> found;  // of the names: whether the network has it
  for (const std::string& name : names) {
    if (found.emplace(name, false).second) continue;
    throw Error(ErrorCode::optimizer_claim, "parameter " + quoted(name) + " is claimed twice", {{"parameter", name}});
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    const NamedParameter& named = parameters[i];
    const auto at = found.find(named.name);
    if (at == found.end()) continue;
    at->second = true;
    if (claimed[i])
      throw Error(ErrorCode::optimizer_claim, "parameter " + quoted(named.name) + " is claimed twice",
                  {{"parameter", named.name}});
    if (named.parameter->kind != method_->claims()) {
      throw Error(ErrorCode::optimizer_claim,
                  type + " cannot train " + quoted(named.name) + ": its values are " +
                      to_string(named.parameter->kind) + ", accepted: " + to_string(method_->claims()),
                  {{"parameter", named.name}});
    }
    claimed[i] = true;
    const int64_t count = element_count(named.parameter->shape);
    claims_.push_back({named.name, named.parameter, count_, count});
    count_ += count;
  }
  for (const std::string& name : names) {
    if (found.at(name)) continue;
    throw Error(ErrorCode::optimizer_claim, path() + " claims " + quoted(name) + ", which the network does not have",
                {{"parameter", name}});
  }
  if (count_ > kMaxElements) throw Error(ErrorCode::shape_mismatch, "an optimizer owns 2^31 weights or more");
}

int64_t Optimizer::planned_bytes(int64_t samples) const {
  int64_t arrays = samples > 1 ? 2 : 1;  // latent weights, their gradients' sum over the samples
  for (int s = 0; s < method_->slots(); ++s) arrays += method_->slot_used(s) ? 1 : 0;
  int64_t values = arrays * count_;
  int64_t packed = 0;
  const Method::Step first_step = method_->step(1, samples);
  if (method_->pullback_needs_noise(first_step)) values += count_;
  const bool signs = method_->signs(first_step);
  for (const Claim& claim : claims_) {
    const int64_t bytes = packed_bytes(claim);
    packed += bytes;
    if (bytes == 0 || !signs) values += claim.count;
  }
  return values * static_cast<int64_t>(sizeof(float)) + packed;
}

int64_t Optimizer::packed_bytes(const Claim& claim) const {
  const PackedShape& shape = claim.parameter->packed;
  return shape.outputs > 0 ? backend_.packed_bytes(shape) : 0;
}

void Optimizer::allocate(int64_t samples) {
  samples_ = samples;
  const int64_t bytes = count_ * static_cast<int64_t>(sizeof(float));
  latent_ = Buffer(backend_, bytes);
  if (samples > 1) pulled_back_ = Buffer(backend_, bytes);
  for (int s = 0; s < method_->slots(); ++s) {
    if (method_->slot_used(s)) slots_[static_cast<size_t>(s)] = Buffer(backend_, bytes);
  }
  for (const Claim& claim : claims_) {
    const int64_t bytes_of_claim = packed_bytes(claim);
    packed_.push_back(bytes_of_claim > 0 ? Buffer(backend_, bytes_of_claim) : Buffer());
    values_.emplace_back();
    segments_.push_back({claim.first, claim.count, nullptr, packed_.back().data(), claim.parameter->packed});
    claim.parameter->trains_packed = bytes_of_claim > 0 && method_->signs(method_->step(1, samples));
  }
  pass_.index = index_;
  pass_.formula = method_->formula();
  pass_.step = &step_;
  pass_.count = count_;
  pass_.latent = latent_.floats();
  pass_.segments = segments_;
  pass_.pulled_back = pulled_back_.floats();
  pass_.samples = samples;
  pass_.not_finite = &not_finite_;
  pass_.flips = &flips_;
  for (size_t s = 0; s < slots_.size(); ++s) pass_.slots[s] = slots_[s].floats();
  for (size_t i = 0; i < claims_.size(); ++i) claims_[i].parameter->gradient = {&pass_, &segments_[i], nullptr};
}

void Optimizer::use_weights(bool packed) {
  pass_.packed = packed;
  for (size_t i = 0; i < segments_.size(); ++i) {
    WeightSegment& segment = segments_[i];
    const bool bits = packed && segment.packed;
    if (!bits && !segment.values) {
      values_[i] = Buffer(backend_, segment.count * static_cast<int64_t>(sizeof(float)));
      segment.values = values_[i].floats();
    }
    claims_[i].parameter->weights = {bits ? nullptr : segment.values, bits ? segment.packed : nullptr};
  }
}

bool Optimizer::initialize(uint64_t seed, const std::atomic<bool>& stop) {
  constexpr int64_t kChunk = 65536;
  std::vector<float> u(kChunk), z(kChunk), angle(kChunk), proposed(kChunk), latent(kChunk);
  const bool from_layer = method_->initial_uses_proposal();
  const bool normal = method_->initial_uses_normal();
  for (const Claim& claim : claims_) {
    for (int64_t at = 0; at < claim.count; at += kChunk) {
      if (stop.load(std::memory_order_relaxed)) return false;
      const int64_t count = std::min(kChunk, claim.count - at);
      const int64_t bytes = count * static_cast<int64_t>(sizeof(float));
      float* const place = latent_.floats() + claim.first + at;
      // One draw for each use: the sign, the two of a normal, the layer's proposal.
      const auto draw = [&](uint32_t use, std::vector<float>& out) {
        backend_.draw_uniform({seed, 0, use, Stream::initialisation, index_}, claim.first + at, count, place);
        backend_.download(out.data(), place, bytes);
      };
      draw(0, u);
      if (normal) {
        draw(1, z);
        draw(2, angle);
        for (size_t i = 0; i < static_cast<size_t>(count); ++i) {  // Box-Muller
          z[i] = std::sqrt(-2 * std::log(z[i])) * std::cos(6.2831853f * angle[i]);
        }
      }
      if (from_layer) {
        draw(3, proposed);
        propose(*claim.parameter, count, proposed.data(), proposed.data());
      }
      method_->initialize(count, from_layer ? proposed.data() : nullptr, u.data(), normal ? z.data() : nullptr,
                          latent.data());
      backend_.upload(place, latent.data(), bytes);
      for (int s = 0; s < method_->slots(); ++s) {
        if (!slot(s)) continue;
        method_->initialize_slot(s, count, latent.data(), proposed.data());
        backend_.upload(slot(s) + claim.first + at, proposed.data(), bytes);
      }
    }
  }
  return true;
}

int64_t Optimizer::bytes() const {
  int64_t total = latent_.bytes() + pulled_back_.bytes() + kept_noise_.bytes();
  for (const Buffer& slot : slots_) total += slot.bytes();
  for (const Buffer& packed : packed_) total += packed.bytes();
  for (const Buffer& values : values_) total += values.bytes();
  return total;
}

void Optimizer::begin_step(uint64_t seed, uint32_t step, Update update) {
  flips_ = 0;
  not_finite_ = false;  // of a step that was cut short
  step_ = method_->step(updates_ + 1, samples_);
  for (int s = 0; s < method_->slots(); ++s) pass_.absent_slots[static_cast<size_t>(s)] = method_->absent_slot(s);
  use_weights(method_->signs(step_) && !recorded_values_);
  // Weights from outside tell nothing of their noise, and recorded noise may be larger than any that is drawn.
  const bool keep_noise = method_->pullback_needs_noise(step_) && !recorded_values_ && !recorded_noise_;
  if (keep_noise && kept_noise_.bytes() == 0) kept_noise_ = Buffer(backend_, latent_.bytes());
  pass_.kept_noise = keep_noise ? kept_noise_.floats() : nullptr;
  pass_.noise = {recorded_noise_, {seed, step, 0, Stream::weights, index_}};
  pass_.update = update != Update::none;
  next_ = {seed, step + 1, 0, Stream::weights, index_};
  pass_.next = update == Update::commit_and_materialize_next && pass_.packed ? &next_ : nullptr;
  begin_sample(0);
}

void Optimizer::begin_sample(int64_t sample) {
  pass_.sample = sample;
  pass_.noise.draw.sample = static_cast<uint32_t>(sample);
  pass_.noise.recorded = recorded_noise_ ? recorded_noise_ + sample * count_ : nullptr;
}

Method::Step Optimizer::scalars(uint64_t steps_later) const {
  return method_->step(updates_ + 1 + steps_later, samples_);
}

std::string Optimizer::form() const {
  const auto bytes = [](const auto& value) { return std::string(reinterpret_cast<const char*>(&value), sizeof value); };
  return bytes(pass_.absent_slots) + bytes(pass_.kept_noise) + bytes(pass_.packed) + bytes(pass_.next != nullptr) +
         bytes(method_->sampling_needs_noise(step_)) + bytes(method_->pullback_needs_noise(step_));
}

bool Optimizer::commit_step() noexcept {
  ++updates_;
  materialized_.reset();
  if (pass_.next) materialized_ = *pass_.next;
  return !not_finite_;
}

void Optimizer::record(const float* noise, bool values, float* store) {
  recorded_noise_ = noise;
  recorded_values_ = values;
  for (const Claim& claim : claims_) claim.parameter->gradient.store = store;
}

// The update of the last step may have drawn these weights already.
void Optimizer::materialize() {
  const Draw& draw = pass_.noise.draw;
  if (materialized_ == draw && pass_.packed && !pass_.noise.recorded) return;
  materialized_.reset();
  backend_.materialize(pass_);
  if (pass_.packed && !pass_.noise.recorded) materialized_ = draw;
}

void Optimizer::materialize_mode() {
  materialized_.reset();
  use_weights(method_->claims() == ParameterKind::binary);
  backend_.materialize_mode(pass_);
}

void Optimizer::materialize_sample(const Draw& draw) {
  materialized_.reset();
  use_weights(method_->claims() == ParameterKind::binary);
  step_ = method_->step(updates_ + 1, samples_);  // the posterior may depend on hyperparameters
  Draw own = draw;
  own.index = index_;
  backend_.materialize_sample(pass_, {nullptr, own});
}

Histogram Optimizer::histogram(int64_t bins) {
  Histogram histogram = {method_->distribution(), {}};
  if (histogram.distribution.quantity == Quantity::none) return histogram;
  step_ = method_->step(updates_ + 1, samples_);  // probabilities may depend on hyperparameters
  histogram.counts.resize(static_cast<size_t>(bins));
  backend_.count_values(pass_, histogram.distribution, bins, histogram.counts.data());
  return histogram;
}

void Optimizer::set_weights(const float* host) {
  for (const WeightSegment& segment : segments_)
    backend_.upload(segment.values, host + segment.first, segment.count * static_cast<int64_t>(sizeof(float)));
}

void Optimizer::copy_weights(float* host) {
  for (const WeightSegment& segment : segments_) {
    if (pass_.packed && segment.packed) {
      backend_.unpack(segment, host + segment.first);
    } else {
      backend_.download(host + segment.first, segment.values, segment.count * static_cast<int64_t>(sizeof(float)));
    }
  }
}

}  // namespace bayesbinn
