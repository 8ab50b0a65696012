#include "addon/kernels.h"

#include <algorithm>

#include "addon/arguments.h"
#include "addon/augmentations.h"
#include "addon/device_array.h"
#include "addon/errors.h"
#include "addon/product_kernels.h"
#include "addon/results.h"
#include "core/method.h"
#include "core/optimizer.h"
#include "core/permutation.h"

namespace bayesbinn::addon {
namespace {

std::unique_ptr<Method> method_of(const Napi::Object& call) {
  const Value spec = to_value(call.Get("optimizer"), "optimizer");
  OptionReader reader(spec, "optimizer");
  const std::string type = reader.text("type");
  return Method::read(type, reader);
}

Stream stream_of(const std::string& name) {
  static constexpr const char* kNames[] = {"weights",      "dropout",        "shuffle",
                                           "augmentation", "initialisation", "prediction"};
  const auto* const at = std::find(std::begin(kNames), std::end(kNames), name);
  if (at == std::end(kNames)) throw Error(ErrorCode::option_range, "stream: unknown stream " + quoted(name));
  return static_cast<Stream>(at - std::begin(kNames));
}

Draw draw_of(const Napi::Object& address) {
  return {static_cast<uint64_t>(integer_of(address, "seed", 0, kLargestInteger - 1)),
          static_cast<uint32_t>(integer_of(address, "step", 0, kLargestUint32)),
          static_cast<uint32_t>(integer_of(address, "sample", 0, kLargestUint32)),
          stream_of(text_of(address, "stream")), 0};
}

Napi::Object object_of(const Napi::Object& call, const char* key) {
  const Napi::Value value = call.Get(key);
  if (!value.IsObject()) throw Error(ErrorCode::option_type, std::string(key) + ": accepted: an object");
  return value.As<Napi::Object>();
}

Napi::Value philox_block(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    if (info.Length() < 2) throw Error(ErrorCode::option_type, "philox: accepted: a counter and a key");
    const auto counter = typed_array<uint32_t>(info[0], "counter");
    const auto key = typed_array<uint32_t>(info[1], "key");
    if (counter.size() != 4 || key.size() != 2)
      throw Error(ErrorCode::shape_mismatch, "philox: accepted: 4 words of counter and 2 of key");
    const PhiloxBlock block = philox(counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
    Napi::Uint32Array words = Napi::Uint32Array::New(info.Env(), 4);
    std::copy(std::begin(block.word), std::end(block.word), words.Data());
    return words;
  });
}

void uniform(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    if (info.Length() < 2) throw Error(ErrorCode::option_type, "uniform: accepted: an address and a Float32Array");
    const Draw draw = draw_of(object_argument(info, "address"));
    const auto out = typed_array<float>(info[1], "out");
    const KernelBackend backend(info[2], 1);
    const DeviceFloats drawn(backend, out, Access::write);
    if (!out.empty()) backend->draw_uniform(draw, 0, static_cast<int64_t>(out.size()), drawn.data());
    drawn.download();
  });
}

Napi::Value permutation_of(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    Napi::Object call = Napi::Object::New(info.Env());
    static constexpr const char* kKeys[] = {"count", "seed", "epoch"};
    for (size_t i = 0; i < 3; ++i) call.Set(kKeys[i], info[i]);
    const std::vector<uint32_t> order =
        permutation(integer_of(call, "count", 0, kMaxElements),
                    static_cast<uint64_t>(integer_of(call, "seed", 0, kLargestInteger - 1)),
                    static_cast<uint32_t>(integer_of(call, "epoch", 0, kLargestUint32)));
    Napi::Uint32Array out = Napi::Uint32Array::New(info.Env(), order.size());
    std::copy(order.begin(), order.end(), out.Data());
    return out;
  });
}

// What an update and a sampling share: the method's step and its arrays, all in one segment.
OptimizerPass pass_of(const Method& method, const Method::Step& step, float* latent, const WeightSegment& segment) {
  OptimizerPass pass = {};
  pass.segments = {&segment, 1};
  pass.formula = method.formula();
  pass.step = &step;
  pass.count = segment.count;
  pass.latent = latent;
  for (int s = 0; s < method.slots(); ++s) pass.absent_slots[static_cast<size_t>(s)] = method.absent_slot(s);
  pass.samples = 1;
  return pass;
}

void sample_weights(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const Napi::Object call = object_argument(info, "sampleWeights");
    const auto method = method_of(call);
    const auto latent = typed_array_of<float>(call, "latent");
    const auto count = static_cast<int64_t>(latent.size());
    const auto weights = typed_array_of<float>(call, "weights", count);
    const Method::Step step = method->step(1, method->samples());
    std::span<float> noise;
    Draw draw = {};
    if (has(call, "noise")) {
      noise = typed_array_of<float>(call, "noise", count);
      if (method->sampling_needs_noise(step)) check_noise(noise);
    } else if (method->sampling_needs_noise(step) || has(call, "address")) {
      draw = draw_of(object_of(call, "address"));
    }
    if (count == 0) return;
    const KernelBackend backend(call);
    const DeviceFloats from(backend, latent, Access::read), recorded(backend, noise, Access::read);
    const DeviceFloats to(backend, weights, Access::write);
    const WeightSegment segment = {0, count, to.data()};
    OptimizerPass pass = pass_of(*method, step, from.data(), segment);
    pass.noise = {recorded.data(), draw};
    backend->materialize(pass);
    to.download();
  });
}

void update(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const Napi::Object call = object_argument(info, "update");
    const auto method = method_of(call);
    const auto latent = typed_array_of<float>(call, "latent");
    const auto count = static_cast<int64_t>(latent.size());
    const Napi::Object state = object_of(call, "state");
    const auto lists = [&](const char* key) {
      const Napi::Value value = call.Get(key);
      if (!value.IsArray())
        throw Error(ErrorCode::option_type,
                    std::string(key) + ": accepted: an array of Float32Array, one a weight sample");
      const Napi::Array array = value.As<Napi::Array>();
      if (static_cast<int64_t>(array.Length()) != method->samples()) {
        throw Error(ErrorCode::shape_mismatch, std::string(key) + ": " + std::to_string(array.Length()) +
                                                   " arrays given, accepted: " + std::to_string(method->samples()) +
                                                   ", one a weight sample");
      }
      std::vector<std::span<float>> spans;
      for (uint32_t i = 0; i < array.Length(); ++i) {
        spans.push_back(typed_array<float>(array.Get(i), key));
        if (static_cast<int64_t>(spans.back().size()) != count)
          throw Error(ErrorCode::shape_mismatch, std::string(key) + ": accepted: arrays of " + std::to_string(count));
      }
      return spans;
    };
    const Method::Step step =
        method->step(static_cast<uint64_t>(integer_of(call, "t", 1, kLargestInteger - 1)), method->samples());
    const bool needs_noise = method->pullback_needs_noise(step);
    std::vector<std::span<float>> noise;
    if (needs_noise || has(call, "noise")) noise = lists("noise");
    const auto gradients = lists("gradients");
    for (size_t s = 0; needs_noise && s < noise.size(); ++s) check_noise(noise[s]);
    std::array<std::span<float>, kMaxSlots> slots;
    for (int s = 0; s < method->slots(); ++s) {
      if (method->slot_used(s))
        slots[static_cast<size_t>(s)] = typed_array_of<float>(state, method->slot_name(s), count);
    }
    const KernelBackend backend(call);
    if (count == 0) return;
    const DeviceFloats changed(backend, latent, Access::change);
    std::array<DeviceFloats, kMaxSlots> arrays;
    const WeightSegment segment = {0, count};
    std::atomic<bool> not_finite = false;
    OptimizerPass pass = pass_of(*method, step, changed.data(), segment);
    pass.not_finite = &not_finite;
    for (size_t s = 0; s < slots.size(); ++s) {
      arrays[s] = DeviceFloats(backend, slots[s], Access::change);
      pass.slots[s] = arrays[s].data();
    }
    const Buffer sum(*backend, count * static_cast<int64_t>(sizeof(float)));
    pass.pulled_back = sum.floats();
    pass.samples = method->samples();
    pass.update = true;
    for (pass.sample = 0; pass.sample < pass.samples; ++pass.sample) {
      const auto at = static_cast<size_t>(pass.sample);
      const DeviceFloats recorded(backend, noise.empty() ? std::span<float>() : noise[at], Access::read);
      const DeviceFloats gradient(backend, gradients[at], Access::read);
      pass.noise.recorded = recorded.data();
      backend->consume_gradient({&pass, &segment, nullptr}, 0, gradient.data(), count);
    }
    changed.download();
    for (const DeviceFloats& array : arrays) array.download();
  });
}

Napi::Value state_names(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    Napi::Object call = Napi::Object::New(info.Env());
    call.Set("optimizer", info[0]);
    const auto method = method_of(call);
    std::vector<std::string> names;
    for (int s = 0; s < method->slots(); ++s) {
      if (method->slot_used(s)) names.emplace_back(method->slot_name(s));
    }
    return to_array(info.Env(), names);
  });
}

}  // namespace

Napi::Object kernels_object(Napi::Env env) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("philox", Napi::Function::New<philox_block>(env));
  object.Set("uniform", Napi::Function::New<uniform>(env));
  object.Set("permutation", Napi::Function::New<permutation_of>(env));
  object.Set("sampleWeights", Napi::Function::New<sample_weights>(env));
  object.Set("update", Napi::Function::New<update>(env));
  object.Set("stateNames", Napi::Function::New<state_names>(env));
  add_product_kernels(object);
  add_augmentation_kernel(object);
  return object;
}

}  // namespace bayesbinn::addon
