#include "backends/cuda/driver/memory.h"

#include <algorithm>

namespace bayesbinn::cuda {
namespace {

constexpr int64_t kRounding = 512;
// Of a cached block that serves a smaller request, this part may be wasted.
constexpr double kMostWaste = 0.25;

DevicePointer pointer(void* memory) { return reinterpret_cast<DevicePointer>(memory); }

}  // namespace

MemoryCache::~MemoryCache() {
  trim();
  if (device_->lost()) return;
  for (const auto& [memory, bytes] : used_) api().mem_free(pointer(memory));
}

void* MemoryCache::allocate(int64_t bytes) {
  if (bytes < 0 || bytes > INT64_MAX - kRounding) refuse(bytes);
  const int64_t rounded = std::max<int64_t>(1, (bytes + kRounding - 1) / kRounding) * kRounding;
  const auto fit = cached_.lower_bound(rounded);
  void* memory = nullptr;
  int64_t size = rounded;
  if (fit != cached_.end() &&
      static_cast<double>(fit->first - rounded) <= kMostWaste * static_cast<double>(fit->first)) {
    std::tie(size, memory) = *fit;
    cached_.erase(fit);
    statistics_.cached -= size;
    ++statistics_.reuses;
  } else {
    memory = from_driver(rounded);
    ++statistics_.allocations;
  }
  used_.emplace(memory, size);
  statistics_.in_use += size;
  statistics_.most_in_use = std::max(statistics_.most_in_use, statistics_.in_use);
  return memory;
}

void* MemoryCache::from_driver(int64_t bytes) {
  device_->make_current();
  const auto exceeds = [&] { return limit_ > 0 && bytes > limit_ - statistics_.in_use - statistics_.cached; };
  if (exceeds()) trim();
  if (exceeds()) refuse(bytes);
  DevicePointer memory = 0;
  Result result = api().mem_alloc(&memory, static_cast<size_t>(bytes));
  if (result == kOutOfMemory && !cached_.empty()) {
    trim();
    result = api().mem_alloc(&memory, static_cast<size_t>(bytes));
  }
  if (result == kOutOfMemory) refuse(bytes);
  BB_CUDA(result);
  return reinterpret_cast<void*>(memory);
}

void MemoryCache::release(void* memory) noexcept {
  const auto at = used_.find(memory);
  if (at == used_.end()) return;
  statistics_.in_use -= at->second;
  statistics_.cached += at->second;
  cached_.emplace(at->second, memory);
  used_.erase(at);
}

void MemoryCache::trim() noexcept {
  if (!device_->lost()) {
    try {
      device_->make_current();
      for (const auto& [bytes, memory] : cached_) api().mem_free(pointer(memory));
    } catch (const Error&) {  // the device is lost, and its memory with it
    }
  }
  cached_.clear();
  statistics_.cached = 0;
}

int64_t MemoryCache::available() const {
  size_t free = 0, total = 0;
  BB_CUDA(api().mem_get_info(&free, &total));
  const int64_t most = static_cast<int64_t>(free) + statistics_.cached;
  return limit_ > 0 ? std::clamp<int64_t>(limit_ - statistics_.in_use, 0, most) : most;
}

void MemoryCache::refuse(int64_t bytes) const {
  const std::string asked = std::to_string(bytes), free = std::to_string(available());
  throw Error(ErrorCode::out_of_memory,
              "cuda: " + asked + " bytes asked for, " + free + " free of " + std::to_string(device_->memory_bytes()) +
                  " on device " + std::to_string(device_->ordinal()) + " (" + device_->name() +
                  "): take smaller batches or a smaller network, or end what else uses the device",
              {{"asked", asked}, {"free", free}});
}

}  // namespace bayesbinn::cuda
