// Device memory with an owner.
#pragma once

#include <utility>

#include "backends/backend.h"

namespace bayesbinn {

class Buffer {
 public:
  Buffer() = default;
  Buffer(Backend& backend, int64_t bytes) : Buffer(backend, backend.allocate(bytes), bytes) {}
  // For a data set's samples.
  static Buffer of_samples(Backend& backend, int64_t bytes) {
    return Buffer(backend, backend.allocate_samples(bytes), bytes);
  }
  Buffer(Buffer&& other) noexcept { *this = std::move(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(backend_, other.backend_);
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Buffer() {
    if (data_) backend_->release(data_);
  }

  float* floats() const { return static_cast<float*>(data_); }
  char* data() const { return static_cast<char*>(data_); }
  int64_t bytes() const { return bytes_; }

 private:
  Buffer(Backend& backend, void* data, int64_t bytes) : backend_(&backend), data_(data), bytes_(bytes) {}

  Backend* backend_ = nullptr;
  void* data_ = nullptr;
  int64_t bytes_ = 0;
};

}  // namespace bayesbinn
