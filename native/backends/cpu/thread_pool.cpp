#include "backends/cpu/thread_pool.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>

namespace bayesbinn {
namespace {

// A step is a row of short jobs, and waking a thread takes longer than many of them. So who waits looks for this long
// before it sleeps: longer than the gaps within a step, and nothing beside a step.
constexpr std::chrono::microseconds kPatience(50);

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Whether `ready` came true within the patience.
template <class Ready>
bool soon(Ready&& ready) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  do {
    for (int i = 0; i < 32; ++i) {
      if (ready()) return true;
      pause();
    }
  } while (std::chrono::steady_clock::now() < end);
  return ready();
}

}  // namespace

ThreadPool& ThreadPool::instance() {
  static ThreadPool* const pool = new ThreadPool;
  return *pool;
}

void ThreadPool::run(Job& job, int threads) {
  const int helpers = static_cast<int>(std::min<int64_t>(threads, job.count)) - 1;
  bool sleepers = false;
  {
    const std::lock_guard lock(mutex_);
    grow(helpers);
    job.wanted = helpers;
    jobs_.push_back(&job);
    published_.fetch_add(1, std::memory_order_release);
    sleepers = asleep_ > 0;
  }
  if (sleepers) {
    if (helpers == 1) {
      wake_.notify_one();
    } else {
      wake_.notify_all();
    }
  }
  work(job);
  std::unique_lock lock(mutex_);
  job.wanted = 0;
  jobs_.erase(std::find(jobs_.begin(), jobs_.end(), &job));
  const auto done = [&] { return job.helpers.load(std::memory_order_acquire) == 0; };
  if (!done()) {
    lock.unlock();
    soon(done);
    lock.lock();
    done_.wait(lock, done);
  }
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
      const uint64_t seen = published_.load(std::memory_order_relaxed);
      const auto more = [&] { return published_.load(std::memory_order_acquire) != seen; };
      lock.unlock();
      const bool found = soon(more);
      lock.lock();
      if (found || more()) continue;
      ++asleep_;
      wake_.wait(lock, more);
      --asleep_;
      continue;
    }
    Job& job = **open;
    --job.wanted;
    job.helpers.fetch_add(1, std::memory_order_relaxed);
    lock.unlock();
    work(job);
    lock.lock();
    // The job's owner may be gone with it as soon as this is 0 and the mutex is free.
    if (job.helpers.fetch_sub(1, std::memory_order_release) == 1) done_.notify_all();
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
