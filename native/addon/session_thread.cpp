#include "addon/session_thread.h"

#include <cstdlib>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace bayesbinn::addon {

namespace {

// Every thread that may have to end before the process does. Leaked: exit handlers may run after static destruction.
struct LiveThreads {
  std::mutex mutex;
  std::set<SessionThread*> threads;
};

LiveThreads& live_threads() {
  static LiveThreads* const live = new LiveThreads;
  return *live;
}

}  // namespace

void SessionThread::enlist() {
  static const int registered = std::atexit(on_process_exit);
  (void)registered;
  LiveThreads& live = live_threads();
  const std::lock_guard lock(live.mutex);
  live.threads.insert(this);
}

void SessionThread::delist() {
  LiveThreads& live = live_threads();
  const std::lock_guard lock(live.mutex);
  live.threads.erase(this);
}

void SessionThread::end_all(napi_env env) {
  std::vector<SessionThread*> threads;
  {
    LiveThreads& live = live_threads();
    const std::lock_guard lock(live.mutex);
    for (SessionThread* thread : live.threads) {
      if (!env || thread->env_ == env) threads.push_back(thread);
    }
  }
  for (SessionThread* thread : threads) thread->stop_();
  for (SessionThread* thread : threads) thread->join();
}

void SessionThread::on_process_exit() { end_all(nullptr); }

SessionThread::SessionThread(Napi::Env env, std::function<void()> stop) : env_(env), stop_(std::move(stop)) {
  done_ = DoneFunction::New(env, "bayesbinn.session", 0, 1);
  done_.Unref(env);
  try {
    enlist();
    thread_ = std::thread(&SessionThread::loop, this);
  } catch (...) {
    delist();
    done_.Release();
    throw;
  }
  napi_add_env_cleanup_hook(env_, on_environment_end, this);
}

SessionThread::~SessionThread() { close(); }

void SessionThread::run(Task task) {
  done_.Ref(env_);
  task.done = [this, done = std::move(task.done)](Napi::Env env) {
    done_.Unref(env);
    done(env);
  };
  const std::lock_guard lock(mutex_);
  task_ = new Task(std::move(task));
  wake_.notify_one();
}

void SessionThread::close() {
  if (closed_) return;
  closed_ = true;
  napi_remove_env_cleanup_hook(env_, on_environment_end, this);
  join();
  done_.Release();
}

void SessionThread::join() {
  delist();
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    wake_.notify_one();
  }
  thread_.join();
}

void SessionThread::on_environment_end(void* self) {
  auto* thread = static_cast<SessionThread*>(self);
  thread->closed_ = true;
  thread->stop_();
  thread->join();
}

void SessionThread::loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return task_ || ending_; });
    if (!task_) return;
    Task* const task = std::exchange(task_, nullptr);
    lock.unlock();
    task->work();
    lock.lock();
    // Nobody waits for the result any more where the thread ends.
    if (ending_ || done_.NonBlockingCall(task) != napi_ok) delete task;
    if (ending_) return;
  }
}

void SessionThread::on_done(Napi::Env env, Napi::Function, std::nullptr_t*, Task* task) {
  const std::unique_ptr<Task> owner(task);
  if (!env) return;
  try {
    owner->done(env);
  } catch (const Napi::Error&) {
    // The environment is being terminated: it takes no values and runs no code any more.
  }
}

}  // namespace bayesbinn::addon
