#include "backends/cuda/driver/device.h"

#include <cstring>

#include "backends/cuda/driver/ptx.h"

namespace bayesbinn::cuda {
namespace {

constexpr int kOldestResettingDriver = 12000;
constexpr unsigned kSharedWithoutAsking = 48 * 1024;

// The flag of the device whose context this thread has: it tells devices apart, also where one is gone.
thread_local std::shared_ptr<std::atomic<bool>> current_flag;

int attribute(Attribute which, DeviceHandle device) {
  int value = 0;
  BB_CUDA(api().device_get_attribute(&value, which, device));
  return value;
}

const char* ptx_of(const std::string& file, bool ampere) {
  for (const PtxFile& entry : ptx_files()) {
    if (file == entry.name) return ampere ? entry.compute_80 : entry.compute_75;
  }
  throw Error(ErrorCode::internal, "cuda: no kernels of " + file + " in this build");
}

// What the compiler in the driver said of the text is in the error.
ModuleHandle load(const std::string& file, const char* text) {
  constexpr int kErrorLog = 5, kErrorLogBytes = 6;  // CU_JIT_ERROR_LOG_BUFFER and its size
  char log[2048] = {};
  int options[] = {kErrorLog, kErrorLogBytes};
  void* values[] = {log, reinterpret_cast<void*>(sizeof log)};
  ModuleHandle module = nullptr;
  const Result result = api().module_load_data(&module, text, 2, options, values);
  if (result == kSuccess) return module;
  std::string what = "cuda: the kernels of " + file + " could not be loaded: " + describe(result);
  if (log[0] != '\0') what += ", " + std::string(log);
  if (result == kUnsupportedPtxVersion) what += "; install a newer driver";
  throw Error(ErrorCode::cuda, what, {{"result", std::to_string(result)}});
}

}  // namespace

std::shared_ptr<Device> Device::open(int ordinal, bool stays_open) {
  static std::mutex opening;
  // Open until the process ends, with the kernels that were loaded. Leaked: the driver may be gone at static destruction.
  static auto& open_devices = *new std::map<int, std::shared_ptr<Device>>;
  const std::lock_guard lock(opening);
  std::shared_ptr<Device>& device = open_devices[ordinal];
  if (device && device->lost()) {
    // Others may be about to call the driver with what belongs to the lost context.
    if (device.use_count() > 1) {
      throw Error(ErrorCode::cuda, "cuda: an earlier error ended the context of device " + std::to_string(ordinal) +
                                       "; dispose of all that computes there first");
    }
    device.reset();
  }
  if (device) return device;
  std::shared_ptr<Device> opened(new Device(ordinal));
  if (stays_open) device = opened;
  return opened;
}

DeviceFacts device_facts(int ordinal) {
  api();
  const std::string device = "cuda:" + std::to_string(ordinal);
  const int devices = library().devices;
  if (ordinal < 0 || ordinal >= devices) {
    const std::string accepted =
        devices > 1 ? "\"cuda:0\" to \"cuda:" + std::to_string(devices - 1) + "\"" : "\"cuda\"";
    throw Error(ErrorCode::device_unavailable, "device \"" + device + "\": no such device, accepted: " + accepted,
                {{"path", "device"}, {"value", device}, {"accepted", accepted}});
  }
  DeviceFacts facts;
  BB_CUDA(api().device_get(&facts.handle, ordinal));
  char text[256] = {};
  BB_CUDA(api().device_get_name(text, sizeof text, facts.handle));
  facts.name = text;
  facts.capability = 10 * attribute(Attribute::compute_capability_major, facts.handle) +
                     attribute(Attribute::compute_capability_minor, facts.handle);
  size_t bytes = 0;
  BB_CUDA(api().device_total_mem(&bytes, facts.handle));
  facts.memory_bytes = static_cast<int64_t>(bytes);
  return facts;
}

Device::Device(int ordinal)
    : ordinal_(ordinal), facts_(device_facts(ordinal)), lost_(std::make_shared<std::atomic<bool>>(false)) {
  if (facts_.too_old()) {
    const std::string device = ordinal == 0 ? "cuda" : "cuda:" + std::to_string(ordinal);
    throw Error(ErrorCode::device_unavailable,
                "device \"" + device + "\": " + name() + " has compute capability " + facts_.capability_text() +
                    ", needed: 7.5 or later",
                {{"path", "device"}, {"value", device}, {"accepted", "auto, cpu"}});
  }
  multiprocessors_ = attribute(Attribute::multiprocessor_count, facts_.handle);
  BB_CUDA(api().primary_ctx_retain(&context_, facts_.handle));
}

// Where the context was lost, or never used.
Device::~Device() {
  if (!context_) return;
  api().primary_ctx_release(facts_.handle);
  if (!lost()) return;
  // Where others in the process hold the context, it would stay as it is, and nobody could compute there any more. Drivers
  // before CUDA 12 do not survive that reliably.
  if (library().driver_version >= kOldestResettingDriver) api().primary_ctx_reset(facts_.handle);
}

void Device::lose_current() {
  if (current_flag) *current_flag = true;
}

void Device::make_current() {
  if (lost()) {
    throw Error(ErrorCode::cuda, "cuda: an earlier error ended the context of device " + std::to_string(ordinal_) +
                                     "; dispose of all that computes there, and make it anew; if that fails too, "
                                     "start the process anew");
  }
  // Others may have set theirs on this thread.
  BB_CUDA(api().ctx_set_current(context_));
  if (current_flag != lost_) current_flag = lost_;
}

FunctionHandle Device::function(const KernelName& name, unsigned shared) {
  const std::lock_guard lock(loading_);
  auto at = functions_.find(name.kernel);
  if (at == functions_.end()) {
    ModuleHandle& module = modules_[name.file];
    if (!module) module = load(name.file, ptx_of(name.file, ampere()));
    FunctionHandle handle = nullptr;
    BB_CUDA(api().module_get_function(&handle, module, name.kernel));
    at = functions_.emplace(name.kernel, Loaded{handle, kSharedWithoutAsking}).first;
  }
  Loaded& loaded = at->second;
  if (shared > loaded.shared) {
    BB_CUDA(api().func_set_attribute(loaded.handle, FunctionAttribute::max_dynamic_shared_size_bytes,
                                     static_cast<int>(shared)));
    loaded.shared = shared;
  }
  return loaded.handle;
}

}  // namespace bayesbinn::cuda
