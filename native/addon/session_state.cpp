// Session: its state, live and kept, in and out.
#include "addon/arguments.h"
#include "addon/results.h"
#include "addon/session_start.h"

namespace bayesbinn::addon {
namespace {

StateScope scope_argument(const Napi::CallbackInfo& info) {
  const std::string scope = info.Length() > 0 && info[0].IsString() ? info[0].As<Napi::String>().Utf8Value() : "";
  if (scope == "model") return StateScope::model;
  if (scope == "training") return StateScope::training;
  throw Error(ErrorCode::option_range, "scope: " + quoted(scope) + " given, accepted: \"model\", \"training\"");
}

std::string text_argument(const Napi::CallbackInfo& info, size_t place, const char* what) {
  if (info[place].IsString()) return info[place].As<Napi::String>().Utf8Value();
  throw Error(ErrorCode::option_type, std::string(what) + ": accepted: a string");
}

Napi::Array layout_array(Napi::Env env, const std::vector<TensorLayout>& layout) {
  Napi::Array list = Napi::Array::New(env, layout.size());
  for (uint32_t i = 0; i < layout.size(); ++i) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("name", layout[i].name);
    object.Set("shape", to_array(env, layout[i].shape));
    list.Set(i, object);
  }
  return list;
}

Napi::Value nothing(Napi::Env env, std::monostate) { return env.Undefined(); }

}  // namespace

Napi::Value SessionObject::get_state(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&] {
    const StateScope scope = scope_argument(info);
    return start(
        env, [scope](Session& session) { return session.state(scope); },
        [](Napi::Env result_env, std::vector<NamedTensor>&& tensors) {
          Napi::Array list = Napi::Array::New(result_env, tensors.size());
          for (uint32_t i = 0; i < tensors.size(); ++i) {
            Napi::Object object = Napi::Object::New(result_env);
            object.Set("name", tensors[i].name);
            object.Set("shape", to_array(result_env, tensors[i].shape));
            object.Set("data", to_float32_array(result_env, std::move(tensors[i].data)));
            list.Set(i, object);
          }
          return list;
        });
  });
}

Napi::Value SessionObject::set_state(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&] {
    const StateScope scope = scope_argument(info);
    if (info.Length() < 2 || !info[1].IsArray())
      throw Error(ErrorCode::option_type, "setState: accepted: a scope and an array of tensors");
    const Napi::Array list = info[1].As<Napi::Array>();
    std::vector<NamedTensor> tensors;
    for (uint32_t i = 0; i < list.Length(); ++i) {
      const Napi::Value entry = list.Get(i);
      if (!entry.IsObject()) throw Error(ErrorCode::option_type, "setState: accepted: objects of name, shape and data");
      const Napi::Object tensor = entry.As<Napi::Object>();
      tensors.push_back(
          {text_of(tensor, "name"), shape_of(tensor, "shape"), copy_of<float>(typed_array_of<float>(tensor, "data"))});
    }
    return start(
        env,
        [scope, tensors = std::move(tensors)](Session& session) {
          session.set_state(scope, tensors);
          return std::monostate{};
        },
        nothing);
  });
}

Napi::Value SessionObject::state_layout(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&] {
    const StateScope scope = scope_argument(info);
    return start(
        env, [scope](Session& session) { return session.state_layout(scope); },
        [](Napi::Env result_env, std::vector<TensorLayout>&& layout) { return layout_array(result_env, layout); });
  });
}

void SessionObject::read_state(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const std::string name = text_argument(info, 0, "name");
    const int64_t first = to_integer(info[1], "first", 0, kLargestInteger);
    idle().read_state(name, first, typed_array<float>(info[2], "into"));
  });
}

const std::shared_ptr<StateCopy>& SessionObject::copy_argument(const Napi::CallbackInfo& info) const {
  const std::string copy = text_argument(info, 0, "copy");
  if (copy == "best") return best_;
  if (copy == "snapshot") return snapshot_;
  throw Error(ErrorCode::option_range, "copy: " + quoted(copy) + " given, accepted: \"best\", \"snapshot\"");
}

Napi::Value SessionObject::keep_state(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&] {
    const std::shared_ptr<StateCopy>& copy = copy_argument(info);
    const StateScope scope = copy == best_ ? StateScope::model : StateScope::training;
    return start(
        env,
        [copy, scope](Session& session) {
          session.keep_state(*copy, scope);
          return std::monostate{};
        },
        nothing);
  });
}

Napi::Value SessionObject::restore_state(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&] {
    return start(
        env,
        [best = best_](Session& session) {
          session.restore_state(*best);
          return std::monostate{};
        },
        nothing);
  });
}

// Also while a call is running, and after dispose: the copies are no part of the session.
Napi::Value SessionObject::kept_layout(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] { return layout_array(info.Env(), copy_argument(info)->layout()); });
}

void SessionObject::read_kept(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const std::string name = text_argument(info, 1, "name");
    const int64_t first = to_integer(info[2], "first", 0, kLargestInteger);
    copy_argument(info)->read(name, first, typed_array<float>(info[3], "into"));
  });
}

}  // namespace bayesbinn::addon
