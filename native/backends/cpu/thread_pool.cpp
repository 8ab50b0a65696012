#include "backends/cpu/thread_pool.h"

#include <algorithm>
#include <system_error>
#include <thread>

namespace bayesbinn {

ThreadPool& ThreadPool::instance() {
  static ThreadPool* const pool = new ThreadPool;
  return *pool;
}

void ThreadPool::run(Job& job, int threads) {
  const int helpers = static_cast<int>(std::min<int64_t>(threads, job.count)) - 1;
  {
    const std::lock_guard lock(mutex_);
    grow(helpers);
    job.wanted = helpers;
    jobs_.push_back(&job);
  }
  if (helpers == 1) {
    wake_.notify_one();
  } else {
    wake_.notify_all();
  }
  work(job);
  std::unique_lock lock(mutex_);
  job.wanted = 0;
  jobs_.erase(std::find(jobs_.begin(), jobs_.end(), &job));
  done_.wait(lock, [&] { return job.helpers == 0; });
  if (job.error) std::rethrow_exception(job.error);
}

void ThreadPool::work(Job& job) {
  try {
    for (int64_t i; (i = job.next.fetch_add(1, std::memory_order_relaxed)) < job.count;) job.call(job.context, i);
  } catch (...) {
    job.next.store(job.count, std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    if (!job.error) job.error = std::current_exception();
  }
}

void ThreadPool::help() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto open = std::find_if(jobs_.begin(), jobs_.end(), [](const Job* job) { return job->wanted > 0; });
    if (open == jobs_.end()) {
      wake_.wait(lock);
      continue;
    }
    Job& job = **open;
    --job.wanted;
    ++job.helpers;
    lock.unlock();
    work(job);
    lock.lock();
    if (--job.helpers == 0) done_.notify_all();
  }
}

// Fewer workers than wished are no failure: the caller does the rest.
void ThreadPool::grow(int workers) {
  try {
    for (; workers_ < workers; ++workers_) std::thread(&ThreadPool::help, this).detach();
  } catch (const std::system_error&) {
  }
}

}  // namespace bayesbinn
