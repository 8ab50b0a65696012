#include "addon/errors.h"

namespace bayesbinn::addon {

Napi::Error to_js_error(Napi::Env env, const Error& error) {
  Napi::Error js = Napi::Error::New(env, error.what());
  js.Set("code", Napi::String::New(env, to_string(error.code())));
  Napi::Object details = Napi::Object::New(env);
  for (const auto& [key, value] : error.details()) details.Set(key, value);
  js.Set("details", details);
  return js;
}

Error current_error() {
  try {
    throw;
  } catch (const Error& error) {
    return error;
  } catch (const std::length_error&) {
    return Error(ErrorCode::out_of_memory, "more memory than there can be was asked for");
  } catch (const std::bad_alloc&) {
    return Error(ErrorCode::out_of_memory, "memory ran out");
  } catch (const std::exception& error) {
    return Error(ErrorCode::internal, error.what());
  } catch (...) {
    return Error(ErrorCode::internal, "an unknown exception");
  }
}

}  // namespace bayesbinn::addon
