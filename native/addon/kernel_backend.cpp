#include "addon/kernel_backend.h"

#include <exception>

#include "addon/arguments.h"
#include "addon/instance_data.h"

namespace bayesbinn::addon {
namespace {

int threads_of(const Napi::Object& call) {
  constexpr int kMaxThreads = 256;
  return static_cast<int>(integer_of(call, "threads", 1, kMaxThreads));
}

bool is_cuda(const Napi::Value& device) {
  if (device.IsUndefined()) return false;
  if (!device.IsString()) throw Error(ErrorCode::option_type, "device: accepted: \"cpu\", \"cuda\"");
  const std::string name = device.As<Napi::String>().Utf8Value();
  if (name == "cpu" || name == "cuda") return name == "cuda";
  throw Error(ErrorCode::option_range, "device: " + quoted(name) + " given, accepted: \"cpu\", \"cuda\"",
              {{"path", "device"}, {"value", name}, {"accepted", "cpu, cuda"}});
}

}  // namespace

KernelBackend::KernelBackend(const Napi::Object& call)
    : KernelBackend(call.Env(), call.Get("device"), threads_of(call)) {}

KernelBackend::KernelBackend(Napi::Env env, const Napi::Value& device, int threads)
    : exceptions_(std::uncaught_exceptions()) {
  if (!is_cuda(device)) {
    backend_ = make_cpu_backend(threads);
    return;
  }
  open_ = &env.GetInstanceData<InstanceData>()->open_cuda;
  forget_lost_device(env);
  backend_ = make_cuda_backend(0, {Precision::float32, true, 0});
  if (!*open_) *open_ = make_cuda_backend(0, {Precision::float32, true, 0});
}

void forget_lost_device(Napi::Env env) {
  std::unique_ptr<Backend>& open = env.GetInstanceData<InstanceData>()->open_cuda;
  if (open && open->lost()) open.reset();
}

// A call that failed may have lost the device: the next one opens it anew.
KernelBackend::~KernelBackend() {
  if (open_ && std::uncaught_exceptions() > exceptions_) open_->reset();
}

}  // namespace bayesbinn::addon
