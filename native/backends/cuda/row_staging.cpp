#include "backends/cuda/row_staging.h"

#include <algorithm>
#include <cstring>

#include "backends/cuda/cuda_backend.h"
#include "backends/cuda/device/row_tile.h"

namespace bayesbinn::cuda {
namespace {

constexpr auto kFloatBytes = static_cast<int64_t>(sizeof(float));

}  // namespace

RowStaging::RowStaging(CudaBackend& backend)
    : backend_(backend), copies_(*backend.device_), places_{Place(*backend.device_), Place(*backend.device_)} {}

RowStaging::~RowStaging() { api().stream_synchronize(copies_.handle()); }

void RowStaging::reserve(int64_t bytes) {
  if (room_ >= bytes) return;
  room_ = 0;  // until all of it is there
  backend_.device_->make_current();
  // Copies may still be under way, and what the cache gives may still be in use.
  copies_.synchronize();
  backend_.synchronize();
  for (Place& place : places_) {
    place.pinned = PinnedBlock();
    place.memory = MemoryBlock();
    place.pinned = PinnedBlock(*backend_.device_, bytes);
    place.memory = MemoryBlock(*backend_.memory_, bytes);
  }
  room_ = bytes;
}

void RowStaging::send(const void* host, int64_t bytes) {
  backend_.device_->make_current();
  Place& place = places_[sent_ % places_.size()];
  place.copied.synchronize();
  std::memcpy(place.pinned.data(), host, static_cast<size_t>(bytes));
  place.read.hold(copies_.handle());
  BB_CUDA(api().memcpy_htod_async(reinterpret_cast<DevicePointer>(place.memory.data()), place.pinned.data(),
                                  static_cast<size_t>(bytes), copies_.handle()));
  place.copied.record(copies_.handle());
  ++sent_;
}

const void* RowStaging::receive() {
  backend_.device_->make_current();
  const Place& place = places_[received_++ % places_.size()];
  place.copied.hold(backend_.stream_);
  return place.memory.data();
}

void RowStaging::free_place() { places_[(received_ - 1) % places_.size()].read.record(backend_.stream_); }

StagedRows::StagedRows(CudaBackend& backend, RowStaging& staging, const float* host, int64_t rows, int64_t features,
                       int64_t batch)
    : backend_(backend), staging_(staging), host_(host), rows_(rows), features_(features), batch_(batch) {
  staging_.reserve(std::min(rows, batch) * features * kFloatBytes);
}

void StagedRows::prefetch() {
  if (sent_ > read_ || sent_ == rows_) return;
  const int64_t rows = std::min(batch_, rows_ - sent_);
  staging_.send(host_ + sent_ * features_, rows * features_ * kFloatBytes);
  sent_ += rows;
}

int64_t StagedRows::read(Tensor out) {
  prefetch();
  const int64_t batch = sent_ - read_;
  backend_.place_rows(
      {static_cast<const uint32_t*>(staging_.receive()), reinterpret_cast<uint32_t*>(out.data), features_, batch, {}});
  staging_.free_place();
  read_ = sent_;
  return batch;
}

}  // namespace bayesbinn::cuda
