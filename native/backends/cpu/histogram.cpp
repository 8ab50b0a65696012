// Histograms of what a method keeps for its weights.
#include <mutex>
#include <vector>

#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/weight_block.h"
#include "optimizers/list.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

constexpr int64_t kCountTask = 65536;
// Counts side by side: neighbours often fall into one bin, whose increments would wait for each other.
constexpr int64_t kCopies = 4;

template <class F>
void find_bins(const float* __restrict latent, typename F::Step step, int64_t count, int64_t bins,
               int32_t* __restrict out) {
  constexpr bool kProbability = F::kDistribution.quantity == Quantity::probability;
  constexpr float kLow = kProbability ? 0.0f : F::kDistribution.low;
  constexpr float kHigh = kProbability ? 1.0f : F::kDistribution.high;
  const float scale = static_cast<float>(bins) / (kHigh - kLow);
  const float last = static_cast<float>(bins - 1);
  for (int64_t i = 0; i < count; ++i) {
    float value;
    if constexpr (kProbability) {
      value = F::probability(latent[i], step);
    } else {
      value = latent[i];
    }
    const float place = (value - kLow) * scale;
    const float in_front = place < last ? place : last;
    out[i] = static_cast<int32_t>(in_front > 0.0f ? in_front : 0.0f);
  }
}

}  // namespace

void CpuBackend::count_values(const OptimizerPass& pass, int64_t bins, int64_t* counts) {
  Optimizers::visit(pass.formula, [&]<class F>() {
    if constexpr (F::kDistribution.quantity != Quantity::none) {
      std::mutex adding;
      in_blocks(pass.count, kCountTask, [&](int64_t begin, int64_t end) {
        std::vector<int32_t> own(static_cast<size_t>(kCopies * bins));
        in_inner_blocks(begin, end, [&](int64_t first, int64_t count) {
          alignas(64) int32_t found[kBlock];
          find_bins<F>(pass.latent + first, step_of<F>(pass), count, bins, found);
          for (int64_t i = 0; i < count; ++i) ++own[static_cast<size_t>(i % kCopies * bins + found[i])];
        });
        const std::lock_guard lock(adding);
        for (int64_t i = 0; i < kCopies * bins; ++i) counts[i % bins] += own[static_cast<size_t>(i)];
      });
    }
  });
}

}  // namespace bayesbinn::BAYESBINN_ISA
