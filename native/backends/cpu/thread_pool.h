// The compute threads of the process, shared by all sessions.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <vector>

namespace bayesbinn {

class ThreadPool {
 public:
  // Lives as long as the process: threads may outlast static destruction, so it is never destroyed.
  static ThreadPool& instance();

  // Calls task(i) for each i in [0, count) on up to `threads` threads, the caller among them, and returns when all are
  // done. Which thread runs which i is open: results must not depend on it. Rethrows the first exception of a task.
  template <class Task>
  void for_each(int64_t count, int threads, Task&& task) {
    if (threads <= 1 || count <= 1) {
      for (int64_t i = 0; i < count; ++i) task(i);
      return;
    }
    Job job;
    job.count = count;
    job.context = &task;
    job.call = [](void* context, int64_t i) { (*static_cast<std::remove_reference_t<Task>*>(context))(i); };
    run(job, threads);
  }

 private:
  struct Job {
    int64_t count;
    void* context;
    void (*call)(void*, int64_t);
    std::atomic<int64_t> next{0};
    int wanted = 0;               // helpers that may still join
    std::atomic<int> helpers{0};  // helpers at work; changed under the mutex
    std::exception_ptr error;
  };

  ThreadPool() = default;
  void run(Job& job, int threads);
  void work(Job& job);
  void help();
  void grow(int workers);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  std::vector<Job*> jobs_;
  std::atomic<uint64_t> published_{0};  // jobs so far; changed under the mutex
  int asleep_ = 0;
  int workers_ = 0;
};

}  // namespace bayesbinn
