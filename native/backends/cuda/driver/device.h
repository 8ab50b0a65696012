// A device of this process: its primary context and the kernels that were loaded into it.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "backends/cuda/driver/library.h"

namespace bayesbinn::cuda {

// A kernel by its file among ops/ and its name there.
struct KernelName {
  const char* file;
  const char* kernel;
};

// What the driver says of a device, without a context.
struct DeviceFacts {
  DeviceHandle handle = 0;
  std::string name;
  int capability = 0;  // 80 for 8.0
  int64_t memory_bytes = 0;

  bool too_old() const { return capability < 75; }
  // Whether kernels for capability 8.0 and later are in use: bf16 matrix instructions and asynchronous copies.
  bool ampere() const { return capability >= 80; }
  std::string capability_text() const {
    return std::to_string(capability / 10) + "." + std::to_string(capability % 10);
  }
};

// ERR_DEVICE_UNAVAILABLE where there is no such device.
DeviceFacts device_facts(int ordinal);

class Device {
 public:
  // The device of this number, shared by all who use it; one whose context ended is opened anew once nobody does.
  // `stays_open`: until the process ends; otherwise, where it is not open yet, as long as somebody uses it.
  // ERR_DEVICE_UNAVAILABLE, ERR_CUDA.
  static std::shared_ptr<Device> open(int ordinal, bool stays_open = true);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  int ordinal() const { return ordinal_; }
  const std::string& name() const { return facts_.name; }
  int capability() const { return facts_.capability; }  // 80 for 8.0
  int multiprocessors() const { return multiprocessors_; }
  int64_t memory_bytes() const { return facts_.memory_bytes; }
  bool ampere() const { return facts_.ampere(); }

  // Makes the context that of this thread; before every call of the driver. ERR_CUDA where an earlier error ended it.
  void make_current();
  // Whether an error was seen that no later call of the context survives.
  bool lost() const { return *lost_; }
  // Of the device whose context this thread was last given: it has seen such an error.
  static void lose_current();

  // Loads the kernel's file at first use; `shared` bytes of dynamic shared memory may be asked of it from then on.
  FunctionHandle function(const KernelName& name, unsigned shared);

 private:
  explicit Device(int ordinal);

  int ordinal_;
  DeviceFacts facts_;
  ContextHandle context_ = nullptr;
  int multiprocessors_ = 0;
  std::shared_ptr<std::atomic<bool>> lost_;
  std::mutex loading_;
  std::map<std::string, ModuleHandle> modules_;
  struct Loaded {
    FunctionHandle handle;
    unsigned shared;
  };
  std::map<std::string, Loaded> functions_;
};

}  // namespace bayesbinn::cuda
