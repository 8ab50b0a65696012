#include <cstring>

#include "backends/cuda/cuda_backend.h"
#include "base/memory.h"

namespace bayesbinn::cuda {
namespace {

DevicePointer pointer(const void* memory) { return reinterpret_cast<DevicePointer>(memory); }

}  // namespace

CudaBackend::CudaBackend(std::shared_ptr<Device> device, const CudaOptions& options)
    : device_(std::move(device)),
      memory_(std::make_unique<MemoryCache>(device_, options.memory_limit)),
      precision_(options.precision) {
  device_->make_current();
  BB_CUDA(api().stream_create(&stream_, kStreamNonBlocking));
  queue_ = std::make_unique<CudaStepQueue>(*this, options.graphs);
}

CudaBackend::~CudaBackend() {
  if (!device_->lost()) {
    try {
      device_->make_current();
      api().stream_synchronize(stream_);
      api().stream_destroy(stream_);
    } catch (const Error&) {  // the device is lost, and its stream with it
    }
  }
  // With the context of a lost device its graphs, streams and pinned memory are gone: to free them would be an error.
  if (device_->lost()) {
    static_cast<void>(queue_.release());
    static_cast<void>(staging_.release());
    for (auto& [memory, block] : samples_on_host_) block.give_up();
  } else {
    queue_.reset();
    staging_.reset();
  }
  scratch_.clear();
}

std::string CudaBackend::instruction_set() const {
  const int capability = device_->capability();
  return device_->name() + ", compute " + std::to_string(capability / 10) + "." + std::to_string(capability % 10);
}

void* CudaBackend::allocate(int64_t bytes) {
  device_->make_current();
  MemoryBlock memory(*memory_, bytes);
  if (bytes > 0) BB_CUDA(api().memset_d8_async(pointer(memory.data()), 0, static_cast<size_t>(bytes), stream_));
  return memory.give_up();
}

// Pinned memory has the same address here and there, and kernels read what they need of it.
void* CudaBackend::allocate_samples(int64_t bytes) {
  constexpr int64_t kRoomForTheRest = 2;
  device_->make_current();
  if (bytes <= memory_->available() / kRoomForTheRest) return allocate(bytes);
  PinnedBlock block;
  try {
    require_memory("data set in host memory", bytes);
    block = PinnedBlock(*device_, bytes);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::out_of_memory) throw;
    return allocate(bytes);  // then with less room for the rest
  }
  void* const memory = block.data();
  samples_on_host_.emplace(memory, std::move(block));
  return memory;
}

void CudaBackend::release(void* memory) noexcept {
  const auto on_host = samples_on_host_.find(memory);
  if (on_host == samples_on_host_.end()) {
    memory_->release(memory);
    return;
  }
  try {
    synchronize();
  } catch (const Error&) {  // the device is lost, and pinned memory with it
    on_host->second.give_up();
  }
  samples_on_host_.erase(on_host);
}

std::optional<DeviceMemory> CudaBackend::device_memory() const {
  DeviceMemory memory = memory_->statistics();
  for (const auto& [address, block] : samples_on_host_) memory.samples_on_host += block.bytes();
  return memory;
}

// The host's memory may change as soon as this returns.
void CudaBackend::upload(void* device, const void* host, int64_t bytes) {
  if (bytes == 0) return;
  if (samples_on_host_.contains(device)) {
    std::memcpy(device, host, static_cast<size_t>(bytes));
    return;
  }
  device_->make_current();
  BB_CUDA(api().memcpy_htod_async(pointer(device), host, static_cast<size_t>(bytes), stream_));
  synchronize();
}

void CudaBackend::download(void* host, const void* device, int64_t bytes) {
  if (bytes == 0) return;
  device_->make_current();
  BB_CUDA(api().memcpy_dtoh_async(host, pointer(device), static_cast<size_t>(bytes), stream_));
  synchronize();
}

void CudaBackend::copy(void* to, const void* from, int64_t bytes) {
  if (bytes == 0) return;
  device_->make_current();
  BB_CUDA(api().memcpy_dtod_async(pointer(to), pointer(from), static_cast<size_t>(bytes), stream_));
}

void CudaBackend::synchronize() {
  device_->make_current();
  BB_CUDA(api().stream_synchronize(stream_));
}

void* CudaBackend::scratch_bytes(ScratchUse use, int64_t bytes) {
  MemoryBlock& block = scratch_[use];
  if (block.bytes() < bytes || !block.data()) {
    if (block.data()) queue_->forget_graphs();
    block = MemoryBlock();
    block = MemoryBlock(*memory_, bytes);
  }
  return block.data();
}

QueuedScalars CudaBackend::scalars_for(const OptimizerPass& pass) const {
  QueuedScalars scalars = {};
  if (queued_) {
    scalars.queued = queue_->scalars(pass.index);
  } else {
    std::memcpy(scalars.value, pass.step, sizeof scalars.value);
  }
  return scalars;
}

QueuedIndices CudaBackend::indices_for(const uint32_t* host_indices, int64_t batch) {
  if (queued_) return {queue_->order(), queued_};
  auto* const list = scratch<uint32_t>(ScratchUse::indices, batch);
  upload(list, host_indices, batch * static_cast<int64_t>(sizeof(uint32_t)));
  return {list, nullptr};
}

}  // namespace bayesbinn::cuda
