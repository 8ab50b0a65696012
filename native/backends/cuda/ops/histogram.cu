// Histograms of what a method keeps for its weights.
#include <vector>

#include "backends/cuda/cuda_backend.h"
#include "backends/cuda/device/kernel.h"
#include "backends/cuda/device/methods.h"
#include "backends/cuda/device/weight_loop.h"

namespace bayesbinn::cuda {

// Bins from `low` on, of 1 / scale each.
struct HistogramParameters {
  WeightSpan span;
  QueuedScalars step;
  bool probability;  // else the latent weight
  float low, scale;
  int bins;
  unsigned long long* counts;  // a bin each
};

#ifdef __CUDACC__

// A block counts in its shared memory first, where no count can exceed the number of weights.
template <class F>
__device__ __forceinline__ void count_weights(const HistogramParameters& p) {
  BB_SHARED(uint32_t, own);
  for (int b = static_cast<int>(threadIdx.x); b < p.bins; b += static_cast<int>(blockDim.x)) own[b] = 0;
  __syncthreads();
  const auto step = QueuedScalars::resolve<typename F::Step>(p.step);
  const auto last = static_cast<float>(p.bins - 1);
  for_quads(p.span, [&](const Quad& quad, int64_t) {
    float latent[4];
    load_any(p.span.latent + quad.at, quad, latent);
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      const float value = p.probability ? F::probability(latent[j], step) : latent[j];
      const float place = (value - p.low) * p.scale;
      const float in_front = place < last ? place : last;
      const int bin = static_cast<int>(in_front > 0.0f ? in_front : 0.0f);
      if (quad.has(j)) atomicAdd(own + bin, 1u);
    }
  });
  __syncthreads();
  for (int b = static_cast<int>(threadIdx.x); b < p.bins; b += static_cast<int>(blockDim.x)) {
    if (own[b] > 0) atomicAdd(p.counts + b, static_cast<unsigned long long>(own[b]));
  }
}

#define BB_COUNT_KERNEL(type, name) \
  BB_KERNEL(kThreads) count_##name##_kernel(const HistogramParameters p) { count_weights<type>(p); }
BB_METHODS(BB_COUNT_KERNEL)
#undef BB_COUNT_KERNEL

#else

void CudaBackend::count_values(const OptimizerPass& pass, const Distribution& distribution, int64_t bins,
                               int64_t* counts) {
  const auto& [quantity, low, high] = distribution;
  const WeightSegment all = {0, pass.count};
  HistogramParameters p = {};
  p.span = span_of(pass, all, 0, pass.count, false);
  p.step = scalars_for(pass);
  p.probability = quantity == Quantity::probability;
  p.low = low;
  p.scale = static_cast<float>(bins) / (high - low);
  p.bins = static_cast<int>(bins);
  p.counts = scratch<unsigned long long>(ScratchUse::counts, bins);
  const auto bytes = static_cast<size_t>(bins) * sizeof *p.counts;
  device_->make_current();
  BB_CUDA(api().memset_d8_async(reinterpret_cast<DevicePointer>(p.counts), 0, bytes, stream_));
  Optimizers::visit(pass.formula, [&]<class F>() {
    const auto shared = static_cast<unsigned>(bins) * static_cast<unsigned>(sizeof(uint32_t));
    run({"histogram", kernel_of<F>("count").c_str()}, grid_of(p.span, device_->multiprocessors(), shared), p);
  });
  std::vector<unsigned long long> found(static_cast<size_t>(bins));
  download(found.data(), p.counts, static_cast<int64_t>(bytes));
  for (size_t b = 0; b < found.size(); ++b) counts[b] += static_cast<int64_t>(found[b]);
}

#endif

}  // namespace bayesbinn::cuda
