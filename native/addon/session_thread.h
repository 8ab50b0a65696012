// The thread on which a session's calls run, one after the other, and the way back to JavaScript.
//
// When the environment ends (exit, worker.terminate()), its clean-up hook stops the running call and joins the thread.
// The hook is added after the thread-safe function and so runs before that one's own: while the thread lives, the
// function is open. An asynchronous hook would not keep that order. A process that ends without cleaning up its
// environment (process.exit(), an uncaught error) does the same at its event "exit", while all libraries that a call may
// use still work. What runs in other environments, or begins after that event, is stopped by a handler at exit.
#pragma once

#include <napi.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace bayesbinn::addon {

class SessionThread {
 public:
  // `work` runs on the thread; `done` afterwards on the JavaScript thread, unless the environment ended.
  struct Task {
    std::function<void()> work;
    std::function<void(Napi::Env)> done;
  };

  // `stop` makes a running task end soon; called when the environment ends.
  SessionThread(Napi::Env env, std::function<void()> stop);
  ~SessionThread();
  SessionThread(const SessionThread&) = delete;
  SessionThread& operator=(const SessionThread&) = delete;

  // The process stays alive until the task is done. One task at a time.
  void run(Task task);
  // Stops every running task of the environment (null: of all), and ends their threads: for where no code of the
  // environment's will need them.
  static void end_all(napi_env env);
  // Ends the thread; no task may be running.
  void close();

 private:
  static void on_done(Napi::Env env, Napi::Function, std::nullptr_t*, Task* task);
  using DoneFunction = Napi::TypedThreadSafeFunction<std::nullptr_t, Task, on_done>;

  static void on_environment_end(void* self);
  static void on_process_exit();
  void enlist();
  void delist();
  void loop();
  void join();

  napi_env env_;
  std::function<void()> stop_;
  DoneFunction done_;
  std::mutex mutex_;
  std::condition_variable wake_;
  Task* task_ = nullptr;
  bool ending_ = false;
  bool closed_ = false;
  std::thread thread_;
};

}  // namespace bayesbinn::addon
