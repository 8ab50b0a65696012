// Native failures as JavaScript errors: the one place where they are mapped.
#pragma once

#include <napi.h>

#include <exception>
#include <new>

#include "base/error.h"

namespace bayesbinn::addon {

// An Error with `code` and `details`, as NativeErrorFields in lib/native/contract.ts.
Napi::Error to_js_error(Napi::Env env, const Error& error);

// What is being thrown, as an Error; Napi::Error passes on.
Error current_error();

// Calls action and turns its exceptions into JavaScript ones.
template <class Action>
auto guarded(Napi::Env env, Action&& action) {
  try {
    return action();
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    throw to_js_error(env, current_error());
  }
}

}  // namespace bayesbinn::addon
