// A script's array in the memory of a device.
#pragma once

#include <span>

#include "addon/kernel_backend.h"
#include "core/buffer.h"

namespace bayesbinn::addon {

// What an op does with an array.
enum class Access { read, write, change };

// On the CPU the script's own memory; on another device a copy there, which `download` brings back. An array that is
// not there stays a null pointer.
template <class T>
class DeviceArray {
 public:
  DeviceArray() = default;
  DeviceArray(const KernelBackend& backend, std::span<T> host, Access access) : host_(host), data_(host.data()) {
    if (backend.on_host() || !host.data()) return;
    backend_ = &*backend;
    written_ = access != Access::read;
    copy_ = Buffer(*backend, static_cast<int64_t>(host.size_bytes()));
    data_ = reinterpret_cast<T*>(copy_.data());
    if (access != Access::write) backend_->upload(copy_.data(), host.data(), copy_.bytes());
  }

  T* data() const { return data_; }

  // What the op wrote, to the script.
  void download() const {
    if (backend_ && written_) backend_->download(host_.data(), copy_.data(), copy_.bytes());
  }

 private:
  std::span<T> host_;
  T* data_ = nullptr;
  Backend* backend_ = nullptr;  // null: in place
  bool written_ = false;
  Buffer copy_;
};

using DeviceFloats = DeviceArray<float>;

}  // namespace bayesbinn::addon
