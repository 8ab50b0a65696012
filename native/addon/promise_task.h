// One asynchronous call: work off the JavaScript thread, a promise for its result.
#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "addon/errors.h"
#include "addon/session_thread.h"

namespace bayesbinn::addon {

// Runs `work` on `thread`; resolves with `convert(env, result)` or rejects with what either throws. `finish` is called
// first, on the JavaScript thread.
template <class Work, class Convert>
Napi::Promise promise_task(Napi::Env env, SessionThread& thread, Work work, Convert convert,
                           std::function<void()> finish) {
  using Result = std::invoke_result_t<Work>;
  struct State {
    Work work;
    Convert convert;
    std::function<void()> finish;
    Napi::Promise::Deferred deferred;
    std::optional<Result> result;
    std::optional<Error> error;
  };
  auto state = std::make_shared<State>(State{std::move(work), std::move(convert), std::move(finish),
                                             Napi::Promise::Deferred::New(env), std::nullopt, std::nullopt});
  const Napi::Promise promise = state->deferred.Promise();
  thread.run({
      [state] {
        try {
          state->result.emplace(state->work());
        } catch (...) {
          state->error = current_error();
        }
      },
      [state](Napi::Env done_env) {
        const Napi::HandleScope scope(done_env);
        state->finish();
        try {
          if (state->error) throw to_js_error(done_env, *state->error);
          state->deferred.Resolve(
              guarded(done_env, [&] { return state->convert(done_env, std::move(*state->result)); }));
        } catch (const Napi::Error& error) {
          state->deferred.Reject(error.Value());
        }
      },
  });
  return promise;
}

}  // namespace bayesbinn::addon
