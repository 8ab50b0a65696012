// The backend that a kernel call computes on.
#pragma once

#include <napi.h>

#include <memory>

#include "backends/backend.h"

namespace bayesbinn::addon {

class KernelBackend {
 public:
  // On the `device` of a call, by default the CPU with its `threads`. ERR_OPTION_*, ERR_DEVICE_UNAVAILABLE.
  explicit KernelBackend(const Napi::Object& call);
  KernelBackend(const Napi::Value& device, int threads);

  Backend& operator*() const { return *backend_; }
  Backend* operator->() const { return backend_.get(); }
  // Whether device memory is the script's own memory.
  bool on_host() const { return on_host_; }

 private:
  bool on_host_;
  std::unique_ptr<Backend> backend_;  // of this call, and with it all device memory that it takes
};

}  // namespace bayesbinn::addon
