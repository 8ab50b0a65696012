// Products of a hidden layer of mnist-mlp with packed weights, beside the processor's peak and the dense product that
// the backend makes of real weights, cut in the same way.
#include <random>

#include "bench/activations.h"
#include "bench/binary_weights.h"
#include "bench/fma_peak.h"
#include "bench/report.h"
#include "core/buffer.h"

namespace bayesbinn::bench {
namespace {

constexpr LinearShape kShape = {100, 2048, 2048};

}  // namespace

void products(const Settings& settings, Report& report) {
  const double work = 2e-9 * static_cast<double>(kShape.batch * kShape.in * kShape.out);
  const std::string dense_name = blas_status().description == "built-in" ? "built-in dense product" : "OpenBLAS sgemm";
  for (const int threads : settings.thread_counts()) {
    const auto backend = make_cpu_backend(threads);
    std::mt19937 random(1);
    BinaryWeights weights(*backend, {kShape.out, kShape.in, 1}, [&] { return random() % 2 ? 20.0f : -20.0f; });
    const Weights packed = weights.packed();
    const Weights dense = weights.dense();
    const Buffer x = random_activations(*backend, kShape.in, kShape.batch, random);
    const Buffer dy = random_activations(*backend, kShape.out, kShape.batch, random);
    const Buffer y(*backend, backend->activation_bytes(kShape.out, kShape.batch));
    const Buffer dx(*backend, backend->activation_bytes(kShape.in, kShape.batch));
    const auto forward = [&](const Weights& of) {
      return [&, of] { backend->linear(kShape, x.floats(), of, nullptr, y.floats()); };
    };
    const auto input_gradient = [&](const Weights& of) {
      return [&, of] { backend->linear_input_gradient(kShape, dy.floats(), of, dx.floats()); };
    };
    const Contestant peak = fma_peak(threads);
    report.measure({"100x2048x2048 forward",
                    threads,
                    "GFLOP/s",
                    {{"packed", work, forward(packed)}, peak, {dense_name, work, forward(dense)}}});
    report.measure({"100x2048x2048 input gradient",
                    threads,
                    "GFLOP/s",
                    {{"packed", work, input_gradient(packed)}, peak, {dense_name, work, input_gradient(dense)}}});
  }
}

}  // namespace bayesbinn::bench
