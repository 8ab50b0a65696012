// How a call starts on the session's thread.
#pragma once

#include <utility>

#include "addon/promise_task.h"
#include "addon/session_object.h"

namespace bayesbinn::addon {

template <class Work, class Convert>
Napi::Value SessionObject::start(Napi::Env env, Work work, Convert convert) {
  idle().clear_cancel();
  const Napi::Promise promise = promise_task(
      env, *thread_, [session = session_, work = std::move(work)] { return work(*session); }, std::move(convert),
      [this, env] {
        busy_ = false;
        if (!session_) {
          buffers_.clear();
          thread_->close();
        }
        report_memory(env);
        Unref();
      });
  // The end of the call comes back to this thread, so not before this.
  busy_ = true;
  Ref();
  return promise;
}

}  // namespace bayesbinn::addon
