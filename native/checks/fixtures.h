// What checks are made of: numbers, memory and activations.
#pragma once

#include <cstring>
#include <vector>

#include "backends/backend.h"

namespace bayesbinn::checks {

// splitmix64: on purpose not the generator under test.
class Random {
 public:
  uint64_t bits() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  float between(float low, float high) { return low + (high - low) * static_cast<float>(bits() >> 40) * 0x1p-24f; }
  int64_t below(int64_t count) { return static_cast<int64_t>(bits() % static_cast<uint64_t>(count)); }
  std::vector<float> floats(int64_t count, float low, float high) {
    std::vector<float> values(static_cast<size_t>(count));
    for (float& value : values) value = between(low, high);
    return values;
  }

 private:
  uint64_t state_ = 1;
};

inline Random rng;

// Device memory; the host reads and writes it directly, as only the CPU lets it.
class Memory {
 public:
  Memory(Backend& backend, int64_t bytes) : backend_(backend), data_(backend.allocate(bytes)) {}
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() { backend_.release(data_); }
  void* data() const { return data_; }
  float* floats() const { return static_cast<float*>(data_); }

 private:
  Backend& backend_;
  void* data_;
};

// An activation: samples row-major on the host; NaN lies where the layout has entries beyond the batch.
class HostActivation {
 public:
  HostActivation(Backend& backend, int64_t features, int64_t batch)
      : backend_(backend),
        features_(features),
        batch_(batch),
        memory_(backend, backend.activation_bytes(features, batch)) {
    std::memset(memory_.data(), 0xff, static_cast<size_t>(backend.activation_bytes(features, batch)));
  }
  void put(const std::vector<float>& rows) { backend_.import_rows(rows.data(), {data(), features_}, batch_); }
  std::vector<float> rows() {
    std::vector<float> values(static_cast<size_t>(features_ * batch_));
    backend_.export_rows({data(), features_}, values.data(), batch_);
    return values;
  }
  float* data() const { return memory_.floats(); }

 private:
  Backend& backend_;
  int64_t features_, batch_;
  Memory memory_;
};

}  // namespace bayesbinn::checks
