// The class Session of the addon, see NativeSession in lib/native/contract.ts.
#pragma once

#include <napi.h>

#include <map>
#include <memory>

#include "addon/session_thread.h"
#include "core/session.h"

namespace bayesbinn::addon {

class SessionObject final : public Napi::ObjectWrap<SessionObject> {
 public:
  static Napi::Function define(Napi::Env env);

  explicit SessionObject(const Napi::CallbackInfo& info);
  ~SessionObject() override;

 private:
  Napi::Value describe(const Napi::CallbackInfo& info);
  Napi::Value profile(const Napi::CallbackInfo& info);
  Napi::Value add_dataset(const Napi::CallbackInfo& info);
  Napi::Value add_subset(const Napi::CallbackInfo& info);
  void remove_dataset(const Napi::CallbackInfo& info);
  void set_hyperparameters(const Napi::CallbackInfo& info);
  Napi::Value train(const Napi::CallbackInfo& info);
  Napi::Value evaluate(const Napi::CallbackInfo& info);
  Napi::Value predict(const Napi::CallbackInfo& info);
  Napi::Value replay(const Napi::CallbackInfo& info);
  Napi::Value get_state(const Napi::CallbackInfo& info);
  Napi::Value set_state(const Napi::CallbackInfo& info);
  Napi::Value state_layout(const Napi::CallbackInfo& info);
  void read_state(const Napi::CallbackInfo& info);
  Napi::Value keep_state(const Napi::CallbackInfo& info);
  Napi::Value restore_state(const Napi::CallbackInfo& info);
  Napi::Value kept_layout(const Napi::CallbackInfo& info);
  void read_kept(const Napi::CallbackInfo& info);
  Napi::Value counters(const Napi::CallbackInfo& info);
  void set_counters(const Napi::CallbackInfo& info);
  void cancel(const Napi::CallbackInfo& info);
  void dispose(const Napi::CallbackInfo& info);

  // The session, free for a call: ERR_DISPOSED, ERR_BUSY.
  Session& idle();
  // Starts work(session) on the session's thread.
  template <class Work, class Convert>
  Napi::Value start(Napi::Env env, Work work, Convert convert);
  // The copy that the first argument names. ERR_OPTION_RANGE.
  const std::shared_ptr<StateCopy>& copy_argument(const Napi::CallbackInfo& info) const;
  int64_t bytes() const;
  // Tells V8 of the memory held outside of it.
  void report_memory(Napi::Env env);

  std::shared_ptr<Session> session_;  // null: disposed; a running call holds its own
  std::unique_ptr<SessionThread> thread_;
  // Copies of the state that outlive the session: the model at its best, and all that training goes on from.
  const std::shared_ptr<StateCopy> best_ = std::make_shared<StateCopy>();
  const std::shared_ptr<StateCopy> snapshot_ = std::make_shared<StateCopy>();
  // Shared buffers that datasets are read from, by the number of the dataset.
  std::map<int, std::shared_ptr<Napi::ObjectReference>> buffers_;
  bool busy_ = false;
  int64_t reported_bytes_ = 0;
};

}  // namespace bayesbinn::addon
