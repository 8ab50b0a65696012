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

// Where values lie: bins from `low` on, of 1 / scale each.
struct Bins {
  float low, scale, last;
};

template <class Value>
void find_bins(int64_t count, const Bins& bins, int32_t* __restrict out, Value&& value) {
  for (int64_t i = 0; i < count; ++i) {
    const float place = (value(i) - bins.low) * bins.scale;
    const float in_front = place < bins.last ? place : bins.last;
    out[i] = static_cast<int32_t>(in_front > 0.0f ? in_front : 0.0f);
  }
}

}  // namespace

void CpuBackend::count_values(const OptimizerPass& pass, const Distribution& distribution, int64_t bins,
                              int64_t* counts) {
  const auto& [quantity, low, high] = distribution;
  const Bins places = {low, static_cast<float>(bins) / (high - low), static_cast<float>(bins - 1)};
  std::mutex adding;
  Optimizers::visit(pass.formula, [&]<class F>() {
    const typename F::Step step = step_of<F>(pass);
    in_blocks(pass.count, kCountTask, [&](int64_t begin, int64_t end) {
      std::vector<int32_t> own(static_cast<size_t>(kCopies * bins));
      in_inner_blocks(begin, end, [&](int64_t first, int64_t count) {
        const float* const latent = pass.latent + first;
        alignas(64) int32_t found[kBlock];
        if (quantity == Quantity::probability) {
          find_bins(count, places, found, [&](int64_t i) { return F::probability(latent[i], step); });
        } else {
          find_bins(count, places, found, [&](int64_t i) { return latent[i]; });
        }
        for (int64_t i = 0; i < count; ++i) ++own[static_cast<size_t>(i % kCopies * bins + found[i])];
      });
      const std::lock_guard lock(adding);
      for (int64_t i = 0; i < kCopies * bins; ++i) counts[i % bins] += own[static_cast<size_t>(i)];
    });
  });
}

}  // namespace bayesbinn::BAYESBINN_ISA
