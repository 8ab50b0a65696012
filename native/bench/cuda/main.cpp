// bayesbinn_bench_cuda ROUNDS full|small: times the kernels of the CUDA backend one by one and prints JSON:
//   {"device", "copy", "matrix", "kernels": [{"name", "shape", "bytes", "operations", "seconds": [a round each]}]}
// copy: bytes read and written a second by a copy within the device's memory; matrix: operations a second of matrix
// instructions alone, 0 where the device has none. `npm run bench:cuda` is its human side.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "backends/cuda/ceilings.h"
#include "bench/cuda/kernel_row.h"
#include "core/buffer.h"

namespace bayesbinn::bench {
namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

class Clock {
 public:
  Clock(Backend& backend, int rounds, Size size) : backend_(backend), rounds_(rounds), size_(size), flag_(backend, 4) {}

  // Seconds a call, a round each: as many calls are queued as fill some milliseconds, since a single one is mostly launch.
  std::vector<double> seconds(const std::function<void()>& queue) {
    queue();
    wait();
    const double once = timed(queue, 1);
    const int calls = size_ == Size::small ? 1 : std::clamp(static_cast<int>(kRoundSeconds / once), 1, 1000);
    std::vector<double> list;
    for (int round = 0; round < rounds_; ++round) list.push_back(timed(queue, calls) / calls);
    return list;
  }

 private:
  static constexpr double kRoundSeconds = 0.02;

  double timed(const std::function<void()>& queue, int calls) {
    const double begin = now();
    for (int i = 0; i < calls; ++i) queue();
    wait();
    return now() - begin;
  }
  void wait() {
    int value = 0;
    backend_.download(&value, flag_.data(), sizeof value);
  }

  Backend& backend_;
  int rounds_;
  Size size_;
  Buffer flag_;
};

double best_rate(Clock& clock, double work, const std::function<void()>& queue) {
  const std::vector<double> list = clock.seconds(queue);
  return work / *std::min_element(list.begin(), list.end());
}

std::string json(const KernelRow& row, const std::vector<double>& seconds) {
  std::string text = "{\"name\":\"" + row.name + "\",\"shape\":\"" + row.shape +
                     "\",\"bytes\":" + std::to_string(row.bytes) + ",\"operations\":" + std::to_string(row.operations) +
                     ",\"seconds\":[";
  char number[32];
  for (size_t i = 0; i < seconds.size(); ++i) {
    std::snprintf(number, sizeof number, "%s%.9g", i > 0 ? "," : "", seconds[i]);
    text += number;
  }
  return text + "]}";
}

void measure(int rounds, Size size) {
  const auto backend = make_cuda_backend(0, {Precision::float32, true, 0});
  Clock clock(*backend, rounds, size);
  const int64_t copied = size == Size::full ? int64_t{1} << 30 : 1 << 16;
  double copy = 0;
  {
    const Buffer from(*backend, copied);
    const Buffer to(*backend, copied);
    copy = best_rate(clock, 2.0 * static_cast<double>(copied), [&] { backend->copy(to.data(), from.data(), copied); });
  }
  const int64_t mma_rounds = size == Size::full ? 20000 : 2;
  const double operations = cuda::queue_matrix_instructions(*backend, mma_rounds);
  const double matrix =
      operations > 0 ? best_rate(clock, operations, [&] { cuda::queue_matrix_instructions(*backend, mma_rounds); }) : 0;
  std::printf("{\"device\":\"%s\",\"copy\":%.6g,\"matrix\":%.6g,\"kernels\":[", backend->instruction_set().c_str(),
              copy, matrix);
  const char* separator = "";
  for (const auto rows : {mnist_mlp_rows, cifar10_vgg_rows}) {
    for (const KernelRow& row : rows(*backend, size)) {
      std::printf("%s\n%s", separator, json(row, clock.seconds(row.queue)).c_str());
      std::fflush(stdout);
      separator = ",";
    }
  }
  std::puts("]}");
}

}  // namespace
}  // namespace bayesbinn::bench

int main(int count, char** arguments) {
  using namespace bayesbinn::bench;
  const int rounds = count == 3 ? std::atoi(arguments[1]) : 0;
  const std::string size = count == 3 ? arguments[2] : "";
  if (rounds < 1 || (size != "full" && size != "small")) {
    std::fprintf(stderr, "usage: %s ROUNDS full|small\n", arguments[0]);
    return 2;
  }
  try {
    measure(rounds, size == "full" ? Size::full : Size::small);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
