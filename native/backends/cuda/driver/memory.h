// Device memory of one stream: freed blocks are kept for the next that fits, since the driver's own allocations wait for
// the device.
#pragma once

#include <map>
#include <memory>
#include <unordered_map>
#include <utility>

#include "backends/cuda/driver/device.h"
#include "backends/device_memory.h"

namespace bayesbinn::cuda {

class MemoryCache {
 public:
  // `limit`: bytes that it may have of the driver, in use and cached; 0: no limit.
  MemoryCache(std::shared_ptr<Device> device, int64_t limit) : device_(std::move(device)), limit_(limit) {}
  ~MemoryCache();
  MemoryCache(const MemoryCache&) = delete;
  MemoryCache& operator=(const MemoryCache&) = delete;

  // 256-byte aligned, with whatever it held. ERR_OUT_OF_MEMORY with what was asked and what is free.
  void* allocate(int64_t bytes);
  // Work of the stream that was queued before may still use it.
  void release(void* memory) noexcept;
  // Gives what is cached back to the driver.
  void trim() noexcept;
  // Bytes that could be asked for now.
  int64_t available() const;
  const DeviceMemory& statistics() const { return statistics_; }

 private:
  void* from_driver(int64_t bytes);
  [[noreturn]] void refuse(int64_t bytes) const;

  std::shared_ptr<Device> device_;
  int64_t limit_;
  DeviceMemory statistics_;
  std::multimap<int64_t, void*> cached_;
  std::unordered_map<void*, int64_t> used_;
};

// A block of a cache with an owner.
class MemoryBlock {
 public:
  MemoryBlock() = default;
  MemoryBlock(MemoryCache& cache, int64_t bytes) : cache_(&cache), data_(cache.allocate(bytes)), bytes_(bytes) {}
  MemoryBlock(MemoryBlock&& other) noexcept { *this = std::move(other); }
  MemoryBlock& operator=(MemoryBlock&& other) noexcept {
    std::swap(cache_, other.cache_);
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~MemoryBlock() {
    if (data_) cache_->release(data_);
  }

  void* data() const { return data_; }
  int64_t bytes() const { return bytes_; }
  // To an owner who gives it back to the cache.
  void* give_up() { return std::exchange(data_, nullptr); }

 private:
  MemoryCache* cache_ = nullptr;
  void* data_ = nullptr;
  int64_t bytes_ = 0;
};

}  // namespace bayesbinn::cuda
