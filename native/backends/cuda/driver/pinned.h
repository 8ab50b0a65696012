// Host memory that the device copies from and to by itself, while the host goes on.
#pragma once

#include <utility>

#include "backends/cuda/driver/device.h"

namespace bayesbinn::cuda {

class PinnedBlock {
 public:
  PinnedBlock() = default;
  PinnedBlock(Device& device, int64_t bytes) : bytes_(bytes) {
    device.make_current();
    BB_CUDA(api().mem_host_alloc(&data_, static_cast<size_t>(bytes), 0));
  }
  PinnedBlock(PinnedBlock&& other) noexcept { *this = std::move(other); }
  PinnedBlock& operator=(PinnedBlock&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~PinnedBlock() {
    if (data_) api().mem_free_host(data_);
  }

  // To a context that has ended, and this memory with it.
  void give_up() { data_ = nullptr; }

  char* data() const { return static_cast<char*>(data_); }
  int64_t bytes() const { return bytes_; }

 private:
  void* data_ = nullptr;
  int64_t bytes_ = 0;
};

}  // namespace bayesbinn::cuda
