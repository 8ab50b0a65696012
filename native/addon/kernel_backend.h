// The backend that a kernel call computes on.
#pragma once

#include <napi.h>

#include <memory>

#include "backends/backend.h"

namespace bayesbinn::addon {

// Lets go of the device that kernel calls keep open, where its context has ended: before anything is made on a device.
void forget_lost_device(Napi::Env env);

class KernelBackend {
 public:
  // On the `device` of a call, by default the CPU with its `threads`. ERR_OPTION_*, ERR_DEVICE_UNAVAILABLE.
  explicit KernelBackend(const Napi::Object& call);
  KernelBackend(Napi::Env env, const Napi::Value& device, int threads);
  ~KernelBackend();
  KernelBackend(const KernelBackend&) = delete;
  KernelBackend& operator=(const KernelBackend&) = delete;

  Backend& operator*() const { return *backend_; }
  Backend* operator->() const { return backend_.get(); }
  // Whether device memory is the script's own memory.
  bool on_host() const { return !open_; }

 private:
  std::unique_ptr<Backend>* open_ = nullptr;  // what keeps the device open; null: the CPU
  std::unique_ptr<Backend> backend_;          // of this call, and with it all device memory that it takes
  int exceptions_;                            // in flight when the call began
};

}  // namespace bayesbinn::addon
