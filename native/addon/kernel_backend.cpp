#include "addon/kernel_backend.h"

#include "addon/arguments.h"

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

KernelBackend::KernelBackend(const Napi::Object& call) : KernelBackend(call.Get("device"), threads_of(call)) {}

KernelBackend::KernelBackend(const Napi::Value& device, int threads)
    : on_host_(!is_cuda(device)),
      backend_(on_host_ ? make_cpu_backend(threads) : make_cuda_backend(0, {Precision::float32, true, 0})) {}

}  // namespace bayesbinn::addon
