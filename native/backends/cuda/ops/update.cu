// Gradients at work: pulled back to the latent weights, summed over the weight samples and, with the last one, the
// update of all that a method keeps and the signs of the next step, in one pass over memory.
#include <cmath>

#include "backends/cuda/cuda_backend.h"
#include "backends/cuda/device/kernel.h"
#include "backends/cuda/device/methods.h"
#include "backends/cuda/device/weight_loop.h"
#include "backends/cuda/device/weight_noise.h"

namespace bayesbinn::cuda {

struct UpdateParameters {
  WeightSpan span;
  const float* gradient;  // of span.begin
  float* pulled_back;     // null with one sample
  QueuedScalars step;
  QueuedNoise noise;
  const float* kept_noise;  // null: formed anew
  QueuedDraw next;
  const QueuedStep* queued;   // null: steps are not queued
  unsigned long long* flips;  // null: not counted
  uint32_t* not_finite;
  bool first_sample, last_sample;
  bool materialize_needs_noise, pullback_needs_noise, second_update;
  bool draws_next;
};

// Methods with two forms of their update, see formula.h.
template <class F>
concept HasSecondUpdate = requires(const typename F::Step& step) {
  F::second_update(step);
};

#ifdef __CUDACC__

template <class F>
__device__ __forceinline__ void pull_back(const UpdateParameters& p, const Weight (&weights)[4],
                                          const typename F::Step& step, const Noise& noise, const Quad& quad,
                                          float (&gradient)[4]) {
  if (!noise.recorded && all_settled<F>(weights, step)) {
#pragma unroll
    for (int j = 0; j < 4; ++j) gradient[j] = F::pullback_settled(gradient[j], weights[j], step);
  } else if (!p.pullback_needs_noise) {
#pragma unroll
    for (int j = 0; j < 4; ++j) gradient[j] = F::pullback_without_noise(gradient[j], weights[j], step);
  } else {
    float values[4];
    if (p.kept_noise) {
      load_any(p.kept_noise + quad.at, quad, values);
    } else {
      noise_of<F>(noise, quad, values);
    }
#pragma unroll
    for (int j = 0; j < 4; ++j) gradient[j] = F::pullback(gradient[j], weights[j], values[j], step);
  }
}

template <class F>
__device__ __forceinline__ void update_weight(Weight& weight, float gradient, const typename F::Step& step,
                                              bool second) {
  if constexpr (HasSecondUpdate<F>) {
    if (second) {
      F::update_second(weight, gradient, step);
      return;
    }
  }
  F::update(weight, gradient, step);
}

__device__ __forceinline__ bool is_finite(float value) { return magnitude(value) < HUGE_VALF; }

template <class F>
__device__ __forceinline__ bool is_finite(const Weight& weight) {
  bool finite = is_finite(weight.latent);
#pragma unroll
  for (int s = 0; F::kChecksSlots && s < kSlotsOf<F>; ++s) finite = finite && is_finite(weight.slot[s]);
  return finite;
}

template <class F>
__device__ __forceinline__ void update_weights(const UpdateParameters& p) {
  BB_SHARED(int, space);
  if (halted(p.queued)) return;
  const auto step = QueuedScalars::resolve<typename F::Step>(p.step);
  const Noise noise = resolved(p.noise);
  const Noise next_noise = {nullptr, QueuedDraw::resolve(p.next)};
  int flips = 0, not_finite = 0;
  for_quads(p.span, [&](const Quad& quad, int64_t tile) {
    float gradient[4];
    load_any(p.gradient + (quad.at - p.span.begin), quad, gradient);
    float sum[4] = {};
    if (!p.first_sample) load_any(p.pulled_back + quad.at, quad, sum);
    Weight weights[4];
    load_weights<F>(p.span, quad, weights);
    pull_back<F>(p, weights, step, noise, quad, gradient);
    if (!p.first_sample) {
#pragma unroll
      for (int j = 0; j < 4; ++j) gradient[j] += sum[j];
    }
    if (!p.last_sample) {
      store_any(p.pulled_back + quad.at, quad, gradient);
      return;
    }
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      const float before = weights[j].latent;
      update_weight<F>(weights[j], gradient[j], step, p.second_update);
      not_finite |= int{quad.has(j)} & int{!is_finite<F>(weights[j])};
      if constexpr (F::kClaims == ParameterKind::binary)
        flips += int{quad.has(j)} & int{F::mode(before) != F::mode(weights[j].latent)};
    }
    store_weights<F>(p.span, quad, weights);
    if constexpr (F::kClaims == ParameterKind::binary) {
      if (!p.draws_next) return;
      float signs[4];
      materialize_quad<F, true>(weights, step, p.materialize_needs_noise, next_noise, quad, nullptr, signs);
      store_materialized(p.span, quad, tile, signs);
    }
  });
  if (!p.last_sample) return;
  const bool any_not_finite = __syncthreads_or(not_finite) != 0;
  const int all_flips = F::kClaims == ParameterKind::binary && p.flips ? block_sum(flips, space) : 0;
  if (threadIdx.x != 0) return;
  if (any_not_finite) atomicOr(p.not_finite, 1u);
  if (all_flips > 0) atomicAdd(p.flips, static_cast<unsigned long long>(all_flips));
}

#define BB_UPDATE_KERNEL(type, name) \
  BB_KERNEL(kThreads, 3) update_##name##_kernel(const UpdateParameters p) { update_weights<type>(p); }
BB_METHODS(BB_UPDATE_KERNEL)
#undef BB_UPDATE_KERNEL

#else

namespace {

// What of a formula is known before the launch.
template <class F>
void prepare(UpdateParameters& p, const OptimizerPass& pass) {
  const auto& step = *static_cast<const typename F::Step*>(pass.step);
  p.materialize_needs_noise = F::materialize_needs_noise(step);
  p.pullback_needs_noise = F::pullback_needs_noise(step);
  if constexpr (HasSecondUpdate<F>) p.second_update = F::second_update(step);
}

}  // namespace

void CudaBackend::consume_gradient(const GradientTarget& target, int64_t offset, const float* gradient, int64_t count) {
  const OptimizerPass& pass = *target.pass;
  const int64_t first = target.segment->first + offset;
  if (target.store)
    copy(target.store + pass.sample * pass.count + first, gradient, count * static_cast<int64_t>(sizeof(float)));
  if (!pass.update || count == 0) return;
  UpdateParameters p = {};
  p.span = span_of(pass, *target.segment, offset, count, true);
  p.gradient = gradient;
  p.pulled_back = pass.pulled_back;
  p.step = scalars_for(pass);
  p.noise = {pass.noise.recorded, draw_for(pass.noise.draw)};
  p.kept_noise = pass.kept_noise;
  p.queued = queued_;
  p.first_sample = pass.sample == 0;
  p.last_sample = pass.sample + 1 == pass.samples;
  p.draws_next = p.last_sample && pass.next;
  if (pass.next) p.next = draw_for(*pass.next, 1);
  UpdateOutcome* const outcome = p.last_sample && !queued_ ? scratch<UpdateOutcome>(ScratchUse::outcome, 1) : nullptr;
  if (outcome) {
    device_->make_current();
    BB_CUDA(api().memset_d8_async(reinterpret_cast<DevicePointer>(outcome), 0, sizeof *outcome, stream_));
  }
  if (p.last_sample) {
    p.not_finite = queued_ ? &queued_->not_finite : &outcome->not_finite;
    if (pass.flips) p.flips = queued_ ? &queued_->flips : &outcome->flips;
  }
  Optimizers::visit(pass.formula, [&]<class F>() {
    prepare<F>(p, pass);
    const Grid grid = grid_of(p.span, device_->multiprocessors(), kThreads / kWarp * sizeof(int));
    run({"update", kernel_of<F>("update").c_str()}, grid, p);
  });
  if (!outcome) return;
  UpdateOutcome found;
  download(&found, outcome, sizeof found);
  if (found.not_finite != 0 && pass.not_finite) pass.not_finite->store(true, std::memory_order_relaxed);
  if (found.flips > 0) pass.flips->fetch_add(static_cast<int64_t>(found.flips), std::memory_order_relaxed);
}

#endif

}  // namespace bayesbinn::cuda
