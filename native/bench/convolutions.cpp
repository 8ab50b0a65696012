// Binary 3x3 convolutions with packed weights, beside the processor's peak. Operations are counted as for images
// without edges: 2 * 9 * channels in * channels out a pixel.
#include <random>

#include "bench/activations.h"
#include "bench/binary_weights.h"
#include "bench/fma_peak.h"
#include "bench/report.h"
#include "core/buffer.h"

namespace bayesbinn::bench {
namespace {

constexpr int64_t kBatch = 64;

struct Case {
  int64_t channels, size;
};
constexpr Case kCases[] = {{256, 16}, {128, 32}, {512, 8}};

void measure(const Case& of, int threads, Report& report) {
  const ConvAxis axis = {of.size, 3, 1, 1};
  const ConvShape shape = {kBatch, of.channels, of.channels, axis, axis};
  const auto backend = make_cpu_backend(threads);
  std::mt19937 random(1);
  BinaryWeights weights(*backend, {shape.out, shape.in, shape.taps()}, [&] { return random() % 2 ? 20.0f : -20.0f; });
  const Weights packed = weights.packed();
  const Buffer from = random_activations(*backend, shape.in * shape.in_pixels(), shape.batch, random);
  const Buffer to(*backend, from.bytes());
  const double work = 2e-9 * static_cast<double>(shape.batch * shape.in * shape.out * shape.taps() * shape.in_pixels());
  const std::string channels = std::to_string(of.channels);
  const std::string size = std::to_string(of.size);
  const std::string name = "conv 3x3 " + channels + "->" + channels + " on " + size + 'x' + size;
  const auto forward = [&] { backend->conv2d(shape, from.floats(), packed, nullptr, to.floats()); };
  const auto input_gradient = [&] {
    backend->conv2d_input_gradient(shape, from.floats(), packed, nullptr, to.floats());
  };
  report.measure({name + " forward", threads, "GFLOP/s", {{"packed", work, forward}, fma_peak(threads)}});
  report.measure({name + " input gradient", threads, "GFLOP/s", {{"packed", work, input_gradient}, fma_peak(threads)}});
}

}  // namespace

// The names of the rows are those of scripts/bench/pytorch.py.
void convolutions(const Settings& settings, Report& report) {
  for (const Case& of : kCases) {
    for (const int threads : settings.thread_counts()) measure(of, threads, report);
  }
}

}  // namespace bayesbinn::bench
