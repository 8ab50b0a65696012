#include "bench/memory_copy.h"

#include <cstring>

#include "backends/cpu/thread_pool.h"

namespace bayesbinn::bench {
namespace {

constexpr int64_t kBytes = int64_t{256} << 20;

}  // namespace

// Zeroed, so that the pages are there.
MemoryCopy::MemoryCopy() : from_(new char[kBytes]()), to_(new char[kBytes]()) { std::memset(from_.get(), 1, kBytes); }

Contestant MemoryCopy::contestant(int threads) const {
  return {"memory copy", 2e-9 * static_cast<double>(kBytes), [from = from_.get(), to = to_.get(), threads] {
            const int64_t part = (kBytes + threads - 1) / threads;
            ThreadPool::instance().for_each(threads, threads, [&](int64_t i) {
              const int64_t begin = i * part;
              const int64_t count = begin + part < kBytes ? part : kBytes - begin;
              if (count > 0) std::memcpy(to + begin, from + begin, static_cast<size_t>(count));
            });
          }};
}

}  // namespace bayesbinn::bench
