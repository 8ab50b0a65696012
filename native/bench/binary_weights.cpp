#include "bench/binary_weights.h"

#include <iterator>

#include "optimizers/list.h"

namespace bayesbinn::bench {
namespace {

BayesBinn::Hyper mnist_mlp() {
  BayesBinn::Hyper hyper = {};
  hyper.learning_rate = 1e-4;
  hyper.momentum_rate = 0;
  hyper.temperature = 1e-10;
  hyper.sample_count = 1;
  hyper.estimator = BayesBinn::Estimator::sample;
  hyper.train_set_size = 54000;
  hyper.epsilon = 1e-10;
  hyper.saturation = 0x1p-24;
  return hyper;
}

}  // namespace

BinaryWeights::BinaryWeights(Backend& backend, const PackedShape& shape, const std::function<float()>& lambda)
    : backend_(backend) {
  const BayesBinn::Hyper hyper = mnist_mlp();
  const int64_t count = shape.outputs * shape.inputs * shape.taps;
  const int64_t bytes = count * static_cast<int64_t>(sizeof(float));
  step_ = BayesBinn::step(hyper, 1, 1);
  segment_ = {0, count, allocate(bytes), allocate(backend.packed_bytes(shape)), shape};
  pass_.formula = Optimizers::find(BayesBinn::kName);
  pass_.step = &step_;
  pass_.count = count;
  pass_.latent = allocate(bytes);
  std::vector<float> latent(static_cast<size_t>(count));
  for (float& value : latent) value = lambda();
  backend.upload(pass_.latent, latent.data(), bytes);
  for (size_t slot = 0; slot < std::size(BayesBinn::kSlots); ++slot) {
    const int index = static_cast<int>(slot);
    if (hyper.slot_used(index)) pass_.slots[slot] = allocate(bytes);
    pass_.absent_slots[slot] = BayesBinn::absent_slot(hyper, index);
  }
  pass_.samples = 1;
  pass_.segments = {&segment_, 1};
  pass_.packed = true;
  pass_.next = &next_;
  pass_.not_finite = &not_finite_;
  pass_.flips = &flips_;
}

BinaryWeights::~BinaryWeights() {
  for (void* const memory : memory_) backend_.release(memory);
}

float* BinaryWeights::allocate(int64_t bytes) {
  memory_.reserve(memory_.size() + 1);
  memory_.push_back(backend_.allocate(bytes));
  return static_cast<float*>(memory_.back());
}

void BinaryWeights::materialize(bool packed) {
  pass_.packed = packed;
  backend_.materialize(pass_);
  pass_.packed = true;
}

Weights BinaryWeights::packed() {
  materialize(true);
  return {nullptr, segment_.packed};
}

Weights BinaryWeights::dense() {
  materialize(false);
  return {segment_.values, nullptr};
}

void BinaryWeights::begin_update() {
  pass_.update = true;
  ++next_.step;
}

void BinaryWeights::update_rows(int64_t begin, int64_t end, const float* gradient) {
  const int64_t row = segment_.count / segment_.shape.outputs;
  backend_.consume_gradient({&pass_, &segment_, nullptr}, begin * row, gradient, (end - begin) * row);
}

}  // namespace bayesbinn::bench
