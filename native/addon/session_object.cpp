#include "addon/session_object.h"

#include <cmath>

#include "addon/arguments.h"
#include "addon/errors.h"
#include "addon/kernel_backend.h"
#include "addon/results.h"

namespace bayesbinn::addon {
namespace {

Napi::Object layer_object(Napi::Env env, const LayerDescription& layer) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("name", layer.name);
  object.Set("type", layer.type);
  object.Set("outputShape", to_array(env, layer.shape));
  return object;
}

Napi::Object memory_object(Napi::Env env, const DeviceMemory& memory) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("inUse", static_cast<double>(memory.in_use));
  object.Set("mostInUse", static_cast<double>(memory.most_in_use));
  object.Set("cached", static_cast<double>(memory.cached));
  object.Set("allocations", static_cast<double>(memory.allocations));
  object.Set("reuses", static_cast<double>(memory.reuses));
  object.Set("samplesOnHost", static_cast<double>(memory.samples_on_host));
  return object;
}

}  // namespace

Napi::Function SessionObject::define(Napi::Env env) {
  return DefineClass(env, "Session",
                     {
                         InstanceMethod<&SessionObject::describe>("describe"),
                         InstanceMethod<&SessionObject::profile>("profile"),
                         InstanceMethod<&SessionObject::add_dataset>("addDataset"),
                         InstanceMethod<&SessionObject::add_subset>("addSubset"),
                         InstanceMethod<&SessionObject::remove_dataset>("removeDataset"),
                         InstanceMethod<&SessionObject::set_hyperparameters>("setHyperparameters"),
                         InstanceMethod<&SessionObject::train>("train"),
                         InstanceMethod<&SessionObject::evaluate>("evaluate"),
                         InstanceMethod<&SessionObject::predict>("predict"),
                         InstanceMethod<&SessionObject::replay>("replay"),
                         InstanceMethod<&SessionObject::get_state>("getState"),
                         InstanceMethod<&SessionObject::set_state>("setState"),
                         InstanceMethod<&SessionObject::state_layout>("stateLayout"),
                         InstanceMethod<&SessionObject::read_state>("readState"),
                         InstanceMethod<&SessionObject::distributions>("distributions"),
                         InstanceMethod<&SessionObject::keep_state>("keepState"),
                         InstanceMethod<&SessionObject::restore_state>("restoreState"),
                         InstanceMethod<&SessionObject::kept_layout>("keptLayout"),
                         InstanceMethod<&SessionObject::read_kept>("readKept"),
                         InstanceMethod<&SessionObject::counters>("counters"),
                         InstanceMethod<&SessionObject::set_counters>("setCounters"),
                         InstanceMethod<&SessionObject::cancel>("cancel"),
                         InstanceMethod<&SessionObject::dispose>("dispose"),
                     });
}

SessionObject::SessionObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SessionObject>(info) {
  guarded(info.Env(), [&] {
    session_ = std::make_shared<Session>(to_value(object_argument(info, "Session"), ""));
    const std::weak_ptr<Session> weak = session_;
    thread_ = std::make_unique<SessionThread>(info.Env(), [weak] {
      if (const auto session = weak.lock()) session->stop_for_good();
    });
    report_memory(info.Env());
  });
}

SessionObject::~SessionObject() { Napi::MemoryManagement::AdjustExternalMemory(Env(), -reported_bytes_); }

void SessionObject::report_memory(Napi::Env env) {
  const int64_t now = bytes();
  Napi::MemoryManagement::AdjustExternalMemory(env, now - reported_bytes_);
  reported_bytes_ = now;
}

int64_t SessionObject::bytes() const {
  return (session_ ? session_->bytes() : 0) + best_->bytes() + snapshot_->bytes();
}

Session& SessionObject::idle() {
  if (!session_) throw Error(ErrorCode::disposed, "the session was disposed");
  if (busy_) throw Error(ErrorCode::busy, "a call of this session is running; await it first");
  return *session_;
}

// Also while a call is running: the times are atomic.
Napi::Value SessionObject::profile(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&] {
    if (!session_) throw Error(ErrorCode::disposed, "the session was disposed");
    Napi::Object object = Napi::Object::New(env);
    for (size_t part = 0; part < kPartNames.size(); ++part) {
      const std::chrono::duration<double> time = session_->backend().profile.of(static_cast<Part>(part));
      object.Set(kPartNames[part], time.count());
    }
    return object;
  });
}

Napi::Value SessionObject::describe(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&] {
    Session& session = idle();
    Napi::Object object = Napi::Object::New(env);
    object.Set("device", session.device());
    object.Set("deviceReason", session.device_reason());
    object.Set("instructionSet", session.backend().instruction_set());
    object.Set("blas", blas_status().description);
    object.Set("threads", static_cast<double>(session.threads()));
    object.Set("memoryBytes", static_cast<double>(bytes()));
    if (const auto memory = session.backend().device_memory()) object.Set("deviceMemory", memory_object(env, *memory));
    object.Set("outputShape", to_array(env, session.network().output_shape()));
    Napi::Array layers = Napi::Array::New(env);
    for (const LayerDescription& layer : session.network().describe())
      layers.Set(layers.Length(), layer_object(env, layer));
    object.Set("layers", layers);
    Napi::Array parameters = Napi::Array::New(env);
    for (const NamedParameter& named : session.network().parameters()) {
      Napi::Object parameter = Napi::Object::New(env);
      parameter.Set("name", named.name);
      parameter.Set("shape", to_array(env, named.parameter->shape));
      parameter.Set("kind", named.parameter->kind == ParameterKind::binary ? "binary" : "real");
      for (size_t i = 0; i < session.optimizers().size(); ++i) {
        if (named.parameter->gradient.pass == &session.optimizers()[i]->pass())
          parameter.Set("optimizer", static_cast<double>(i));
      }
      parameter.Set("packed", named.parameter->trains_packed);
      parameters.Set(parameters.Length(), parameter);
    }
    object.Set("parameters", parameters);
    return object;
  });
}

Napi::Value SessionObject::add_dataset(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&] {
    const Napi::Object spec = object_argument(info, "addDataset");
    Session& session = idle();
    DatasetSource source = {};
    source.name = text_of(spec, "name");
    source.sample_shape = shape_of(spec, "sampleShape");
    source.has_bytes = is_typed_array<uint8_t>(spec.Get("inputs"));
    Napi::Object buffer;
    if (source.has_bytes) {
      source.bytes = typed_array_of<uint8_t>(spec, "inputs");
      source.byte_table = typed_array_of<float>(spec, "byteTable");
      buffer = shared_buffer(spec.Get("inputs"));
      source.bytes_stay = !buffer.IsEmpty();
    } else {
      source.floats = typed_array_of<float>(spec, "inputs");
      source.scale = typed_array_of<float>(spec, "scale");
      source.shift = typed_array_of<float>(spec, "shift");
    }
    source.has_labels = is_typed_array<int32_t>(spec.Get("targets"));
    std::vector<int32_t> labels;  // a copy: another thread may write to shared memory after the labels were checked
    if (source.has_labels) {
      const auto given = typed_array_of<int32_t>(spec, "targets");
      labels.assign(given.begin(), given.end());
      source.labels = labels;
    } else {
      source.rows = typed_array_of<float>(spec, "targets");
    }
    source.target_width = integer_of(spec, "targetWidth", 1, kMaxElements);
    if (has(spec, "targetShape")) {
      const Shape grid = shape_of(spec, "targetShape");
      if (grid.size() != 2) {
        throw Error(ErrorCode::shape_mismatch, "targetShape: " + to_string(grid) + " given, accepted: [rows, columns]");
      }
      source.target_grid = {grid[0], grid[1]};
    }
    const int id = session.datasets().add(Dataset(session.backend(), source, session.dataset_needs()));
    if (source.bytes_stay) buffers_[id] = std::make_shared<Napi::ObjectReference>(Napi::Persistent(buffer));
    report_memory(env);
    return Napi::Number::New(env, id);
  });
}

Napi::Value SessionObject::add_subset(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&] {
    Session& session = idle();
    DatasetStore& datasets = session.datasets();
    const auto base = static_cast<int>(to_integer(info[0], "dataset", 0, INT32_MAX));
    // Copies, as of labels.
    std::vector<uint32_t> indices, permutation;
    DatasetView view;
    const bool permuted = !info[2].IsUndefined();
    if (!permuted || !info[1].IsUndefined()) {
      indices = copy_of<uint32_t>(typed_array<uint32_t>(info[1], "indices"));
      view.indices = indices;
    }
    if (permuted) {
      permutation = copy_of<uint32_t>(typed_array<uint32_t>(info[2], "permutation"));
      view.permutation = permutation;
    }
    const int id = datasets.add(Dataset(session.backend(), datasets.get(base), view));
    if (const auto at = buffers_.find(base); at != buffers_.end()) buffers_[id] = at->second;
    report_memory(env);
    return Napi::Number::New(env, id);
  });
}

void SessionObject::remove_dataset(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const auto id = static_cast<int>(to_integer(info[0], "dataset", 0, INT32_MAX));
    idle().datasets().remove(id);
    buffers_.erase(id);
    report_memory(info.Env());
  });
}

void SessionObject::set_hyperparameters(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const bayesbinn::Value object = to_value(info[1], "hyperparameters");
    if (!object.object()) {
      throw Error(ErrorCode::option_type,
                  "hyperparameters: " + object.describe() + " given, accepted: an object of numbers");
    }
    Session& session = idle();
    const auto last = static_cast<int64_t>(session.optimizers().size()) - 1;
    const int64_t index = to_integer(info[0], "optimizer", 0, last);
    Method& method = session.optimizers()[static_cast<size_t>(index)]->method();
    std::vector<std::pair<std::string, double>> values;
    for (const auto& [name, value] : *object.object()) {
      if (!value.number()) {
        throw Error(ErrorCode::option_type,
                    key_path("", name) + ": " + value.describe() + " given, accepted: a number");
      }
      values.emplace_back(name, *value.number());
    }
    method.set(values);
  });
}

Napi::Value SessionObject::counters(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&] {
    Session& session = idle();
    Napi::Object object = Napi::Object::New(env);
    object.Set("step", static_cast<double>(session.step()));
    Napi::Array updates = Napi::Array::New(env);
    for (const auto& optimizer : session.optimizers())
      updates.Set(updates.Length(), static_cast<double>(optimizer->updates()));
    object.Set("updates", updates);
    return object;
  });
}

void SessionObject::set_counters(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const Napi::Object object = object_argument(info, "setCounters");
    Session& session = idle();
    const auto step = static_cast<uint32_t>(integer_of(object, "step", 0, kLargestUint32));
    const Napi::Value list = object.Get("updates");
    if (!list.IsArray()) throw Error(ErrorCode::option_type, "updates: accepted: an array of integers");
    std::vector<uint64_t> updates;
    for (uint32_t i = 0; i < list.As<Napi::Array>().Length(); ++i) {
      const Napi::Value entry = list.As<Napi::Array>().Get(i);
      const double value = entry.IsNumber() ? entry.As<Napi::Number>().DoubleValue() : -1;
      if (!(value >= 0 && value <= static_cast<double>(kLargestInteger)) || value != std::floor(value)) {
        throw Error(ErrorCode::option_range, "updates: accepted: integers >= 0");
      }
      updates.push_back(static_cast<uint64_t>(value));
    }
    session.set_counters(step, updates);
  });
}

void SessionObject::cancel(const Napi::CallbackInfo&) {
  if (session_ && busy_) session_->cancel();
}

void SessionObject::dispose(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    if (!session_) return;
    session_->cancel();
    session_.reset();
    report_memory(info.Env());
    if (busy_) return;
    buffers_.clear();
    thread_->close();
  });
}

}  // namespace bayesbinn::addon
