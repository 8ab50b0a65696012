// The posterior pass alone: from gradients in memory to moved natural parameters and the bits of the next weights. What
// has to move is counted, whatever the backend moves; a copy of memory moves as fast as the machine can.
#include <random>

#include "backends/cpu/thread_pool.h"
#include "bench/binary_weights.h"
#include "bench/memory_copy.h"
#include "bench/report.h"

namespace bayesbinn::bench {
namespace {

// Rows of a task: a multiple of all group sizes of packed weights, so that no two tasks meet in a code.
constexpr int64_t kTaskRows = 192;
constexpr PackedShape kShape = {102 * kTaskRows, 512, 1};  // 10.03 million
constexpr double kBytes = 4 + 4 + 4 + 1 / 8.0;
constexpr const char* kNote =
    "bytes that must move, 12.125 a parameter: gradient read (4), lambda read and written (4 + 4), its sign written "
    "(1/8); "
    "the copy counts bytes read and bytes written";

// Gradients that move lambda by 5e-5 a pass at most where it is settled, so that it stays there.
std::vector<float> gradients(std::mt19937& random) {
  std::uniform_real_distribution<float> small(-1e-15f, 1e-15f);
  std::vector<float> values(static_cast<size_t>(kShape.outputs * kShape.inputs));
  for (float& value : values) value = small(random);
  return values;
}

}  // namespace

void posterior(const Settings& settings, Report& report) {
  std::mt19937 random(1);
  const MemoryCopy copy;
  const std::vector<float> gradient = gradients(random);
  std::uniform_real_distribution<float> beyond(12, 20);
  std::normal_distribution<float> normal;
  const auto backend = make_cpu_backend(settings.threads);
  BinaryWeights settled(*backend, kShape, [&] { return random() % 2 ? beyond(random) : -beyond(random); });
  BinaryWeights undecided(*backend, kShape, [&] { return normal(random); });
  const double work = 1e-9 * kBytes * static_cast<double>(settled.count());
  for (const int threads : settings.thread_counts()) {
    const auto pass = [&, threads](BinaryWeights& weights) {
      return [&, threads] {
        weights.begin_update();
        ThreadPool::instance().for_each(kShape.outputs / kTaskRows, threads, [&](int64_t i) {
          weights.update_rows(i * kTaskRows, (i + 1) * kTaskRows, gradient.data() + i * kTaskRows * kShape.inputs);
        });
      };
    };
    const Contestant beside = copy.contestant(threads);
    report.measure({"posterior pass, 10 M parameters, all |lambda| > 10",
                    threads,
                    "GB/s",
                    {{"pass", work, pass(settled)}, beside},
                    kNote});
    report.measure({"posterior pass, 10 M parameters, lambda ~ N(0,1)",
                    threads,
                    "GB/s",
                    {{"pass", work, pass(undecided)}, beside},
                    kNote});
  }
}

}  // namespace bayesbinn::bench
