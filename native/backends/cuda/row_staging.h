// Host memory on its way to the device: rows of the next batch are copied while the device computes on the one at hand.
//
// There are two places. The host copies rows into pinned memory; a stream of its own copies from there into device memory
// once the kernel that last read it is done; the backend's stream waits for that before it reads.
#pragma once

#include <array>

#include "backends/backend.h"
#include "backends/cuda/driver/memory.h"
#include "backends/cuda/driver/pinned.h"
#include "backends/cuda/driver/stream.h"

namespace bayesbinn::cuda {

class CudaBackend;

class RowStaging {
 public:
  explicit RowStaging(CudaBackend& backend);
  ~RowStaging();
  RowStaging(const RowStaging&) = delete;
  RowStaging& operator=(const RowStaging&) = delete;

  // Makes room for batches of so many bytes.
  void reserve(int64_t bytes);
  // Starts to copy; at most one batch more than `receive` took. The host's memory may change as soon as this returns.
  void send(const void* host, int64_t bytes);
  // Device memory with the batch that was sent first of those not received, until `free_place`.
  const void* receive();
  // What was queued until now read the batch received last: its place may be taken.
  void free_place();
  // What was sent is not wanted.
  void forget() { received_ = sent_; }

 private:
  struct Place {
    explicit Place(Device& device) : copied(device), read(device) {}
    PinnedBlock pinned;
    MemoryBlock memory;
    Event copied, read;
  };

  CudaBackend& backend_;
  Stream copies_;
  std::array<Place, 2> places_;
  int64_t room_ = 0;  // bytes of each
  uint64_t sent_ = 0, received_ = 0;
};

// A reader for which the batch after the one at hand is on its way.
class StagedRows final : public RowReader {
 public:
  StagedRows(CudaBackend& backend, RowStaging& staging, const float* host, int64_t rows, int64_t features,
             int64_t batch);
  ~StagedRows() override { staging_.forget(); }

  int64_t read(Tensor out) override;
  void prefetch() override;

 private:
  CudaBackend& backend_;
  RowStaging& staging_;
  const float* host_;
  int64_t rows_, features_, batch_;
  int64_t sent_ = 0, read_ = 0;  // of the rows
};

}  // namespace bayesbinn::cuda
