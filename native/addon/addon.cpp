// What `require` of the addon gives, see NativeAddon in lib/native/contract.ts. Nothing happens here but definitions.
#include <napi.h>

#include <thread>

#include "addon/errors.h"
#include "addon/kernels.h"
#include "addon/results.h"
#include "addon/session_object.h"
#include "addon/session_thread.h"
#include "augmentations/list.h"
#include "layers/list.h"
#include "losses/list.h"
#include "optimizers/list.h"

namespace bayesbinn::addon {
namespace {

#if defined(__clang__)
constexpr const char* kCompiler = __VERSION__;  // begins with its name
#else
constexpr const char* kCompiler = "GCC " __VERSION__;
#endif

Napi::Object cuda_object(Napi::Env env, const DeviceStatus& status) {
  Napi::Object cuda = Napi::Object::New(env);
  cuda.Set("built", status.built);
  cuda.Set("usable", status.usable);
  cuda.Set("reason", status.reason);
  if (!status.advice.empty()) cuda.Set("advice", status.advice);
  if (!status.driver_found.empty()) cuda.Set("driverFound", status.driver_found);
  if (!status.driver_needed.empty()) cuda.Set("driverNeeded", status.driver_needed);
  Napi::Array devices = Napi::Array::New(env);
  for (const CudaDevice& device : status.devices) {
    Napi::Object entry = Napi::Object::New(env);
    entry.Set("index", device.index);
    entry.Set("name", device.name);
    entry.Set("capability", device.capability);
    entry.Set("memoryBytes", static_cast<double>(device.memory_bytes));
    if (!device.ptx.empty()) entry.Set("ptx", device.ptx);
    devices.Set(devices.Length(), entry);
  }
  cuda.Set("devices", devices);
  return cuda;
}

Napi::Value system_info(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&] {
    Napi::Object object = Napi::Object::New(env);
    object.Set("version", BAYESBINN_VERSION);
    object.Set("compiler", kCompiler);
    Napi::Array sets = Napi::Array::New(env);
    for (const InstructionSetStatus& status : instruction_sets()) {
      Napi::Object entry = Napi::Object::New(env);
      entry.Set("name", status.name);
      entry.Set("usable", status.usable);
      entry.Set("chosen", status.chosen);
      sets.Set(sets.Length(), entry);
    }
    object.Set("instructionSets", sets);
    const InstructionSetRequest request = instruction_set_request();
    if (!request.value.empty()) {
      Napi::Object asked = Napi::Object::New(env);
      asked.Set("value", request.value);
      if (!request.problem.empty()) asked.Set("problem", request.problem);
      object.Set("instructionSetRequest", asked);
    }
    const BlasStatus blas = blas_status();
    object.Set("blas", blas.description);
    object.Set("blasConcurrent", blas.concurrent);
    object.Set("hardwareThreads", std::thread::hardware_concurrency());
    object.Set("cuda", cuda_object(env, cuda_status(false)));
    return object;
  });
}

Napi::Value registry(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&] {
    std::vector<std::string> layers;
    for (const LayerType& type : layer_types()) layers.emplace_back(type.name);
    Napi::Object object = Napi::Object::New(env);
    object.Set("layers", to_array(env, layers));
    object.Set("losses", to_array(env, Losses::names()));
    object.Set("optimizers", to_array(env, Optimizers::names()));
    object.Set("augmentations", to_array(env, Augmentations::names()));
    return object;
  });
}

// Once process.exit() is past this event, libraries are torn down in an order that nobody knows.
void end_sessions_at_exit(Napi::Env env) {
  const auto end = [](const Napi::CallbackInfo& info) { SessionThread::end_all(info.Env()); };
  const Napi::Object process = env.Global().Get("process").As<Napi::Object>();
  const Napi::Function once = process.Get("once").As<Napi::Function>();
  once.Call(process, {Napi::String::New(env, "exit"), Napi::Function::New(env, end, "endSessions")});
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  keep_constructors(env);
  end_sessions_at_exit(env);
  exports.Set("Session", SessionObject::define(env));
  exports.Set("kernels", kernels_object(env));
  exports.Set("systemInfo", Napi::Function::New<system_info>(env));
  exports.Set("registry", Napi::Function::New<registry>(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(NODE_GYP_MODULE_NAME, init)

}  // namespace bayesbinn::addon
