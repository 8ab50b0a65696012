// Working memory of a thread, kept from one call to the next.
#pragma once

#include <cstdint>
#include <memory>
#include <new>

namespace bayesbinn::BAYESBINN_ISA {

// Grows and never shrinks; one object of it a use, declared thread_local.
class Scratch {
 public:
  // At least `count` floats that begin on a cache line; what they held is lost where they had to grow.
  float* floats(int64_t count) {
    if (count > count_) {
      count_ = 0;
      memory_.reset();
      memory_.reset(static_cast<float*>(::operator new(static_cast<size_t>(count) * sizeof(float), kAlignment)));
      count_ = count;
    }
    return memory_.get();
  }

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct Release {
    void operator()(float* memory) const { ::operator delete(memory, kAlignment); }
  };

  std::unique_ptr<float, Release> memory_;
  int64_t count_ = 0;
};

}  // namespace bayesbinn::BAYESBINN_ISA
