#include "bench/fma_peak.h"

#include <algorithm>
#include <cstdint>

#include "backends/cpu/thread_pool.h"

namespace bayesbinn::bench {
namespace {

constexpr int64_t kIterations = 16384;
constexpr int64_t kTasks = 64;

volatile float factor = 0.999f;
volatile float term = 0.001f;

// kIterations multiply-adds in each of `chains` independent chains, as many as the registers hold: a few times the
// latency. Text instead of a template, since a template would be compiled for the oldest instruction set.
#define BAYESBINN_FMA_LOOP(name, target, vector_bytes, chains)                               \
  target void name() {                                                                       \
    typedef float Vector __attribute__((vector_size(vector_bytes)));                         \
    const Vector a = factor - Vector{};                                                      \
    const Vector b = term - Vector{};                                                        \
    Vector sum[chains];                                                                      \
    for (int c = 0; c < chains; ++c) sum[c] = b * static_cast<float>(c);                     \
    for (int64_t i = 0; i < kIterations; ++i) {                                              \
      _Pragma("GCC unroll 32") for (int c = 0; c < chains; ++c) { sum[c] = sum[c] * a + b; } \
    }                                                                                        \
    for (int c = 0; c < chains; ++c) asm volatile("" : : "m"(sum[c]));                       \
  }

struct Loop {
  const char* vectors;
  void (*run)();
  bool usable;
  int lanes, chains;
};

#if defined(__x86_64__)
BAYESBINN_FMA_LOOP(with_sse, , 16, 12)
BAYESBINN_FMA_LOOP(with_avx2, __attribute__((target("avx2,fma"))), 32, 12)
BAYESBINN_FMA_LOOP(with_avx512, __attribute__((target("avx512f"))), 64, 24)

std::vector<Loop> loops() {
  return {{"SSE", with_sse, true, 4, 12},
          {"AVX2", with_avx2, __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"), 8, 12},
          {"AVX-512", with_avx512, __builtin_cpu_supports("avx512f") != 0, 16, 24}};
}
#else
BAYESBINN_FMA_LOOP(with_128_bits, , 16, 24)

std::vector<Loop> loops() { return {{"128 bits", with_128_bits, true, 4, 24}}; }
#endif

Contestant contestant(const Loop& loop, int threads) {
  const double work = 2e-9 * loop.lanes * loop.chains * static_cast<double>(kIterations * kTasks);
  return {std::string("FMA peak (") + loop.vectors + ')', work,
          [run = loop.run, threads] { ThreadPool::instance().for_each(kTasks, threads, [run](int64_t) { run(); }); }};
}

// The widest vectors are not always the fastest.
Loop fastest_loop() {
  std::vector<Contestant> contestants;
  std::vector<Loop> usable;
  for (const Loop& loop : loops()) {
    if (!loop.usable) continue;
    usable.push_back(loop);
    contestants.push_back(contestant(loop, 1));
  }
  const auto rates = rates_in_turns(contestants, 3);
  const auto best = [&](size_t i) { return *std::max_element(rates[i].begin(), rates[i].end()); };
  size_t fastest = 0;
  for (size_t i = 1; i < rates.size(); ++i) {
    if (best(i) >= best(fastest)) fastest = i;
  }
  return usable[fastest];
}

}  // namespace

Contestant fma_peak(int threads) {
  static const Loop loop = fastest_loop();
  return contestant(loop, threads);
}

}  // namespace bayesbinn::bench
