// Queues of the device's work, and points in them that others can wait for.
#pragma once

#include "backends/cuda/driver/device.h"

namespace bayesbinn::cuda {

// The end of what was queued when it was last recorded; in nobody's way before that.
class Event {
 public:
  explicit Event(Device& device) {
    device.make_current();
    BB_CUDA(api().event_create(&handle_, kEventDisableTiming));
  }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { api().event_destroy(handle_); }

  void record(StreamHandle stream) { BB_CUDA(api().event_record(handle_, stream)); }
  // The host waits.
  void synchronize() const { BB_CUDA(api().event_synchronize(handle_)); }
  // What is queued on `stream` from here on waits.
  void hold(StreamHandle stream) const { BB_CUDA(api().stream_wait_event(stream, handle_, 0)); }

 private:
  EventHandle handle_ = nullptr;
};

// Waits for no other stream.
class Stream {
 public:
  explicit Stream(Device& device) {
    device.make_current();
    BB_CUDA(api().stream_create(&handle_, kStreamNonBlocking));
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { api().stream_destroy(handle_); }

  StreamHandle handle() const { return handle_; }
  void synchronize() const { BB_CUDA(api().stream_synchronize(handle_)); }

 private:
  StreamHandle handle_ = nullptr;
};

}  // namespace bayesbinn::cuda
