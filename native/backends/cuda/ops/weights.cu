// Weights from what methods keep for them, weights as bits, and draws.
#include <vector>

#include "backends/cuda/cuda_backend.h"
#include "backends/cuda/device/kernel.h"
#include "backends/cuda/device/methods.h"
#include "backends/cuda/device/weight_loop.h"
#include "backends/cuda/device/weight_noise.h"

namespace bayesbinn::cuda {

struct MaterializeParameters {
  WeightSpan span;
  QueuedScalars step;
  QueuedNoise noise;
  float* kept_noise;  // null: not kept
  bool needs_noise;
  bool signs;  // weights are +-1
};

struct PackParameters {
  const float* values;
  uint32_t* packed;
  int64_t count, words;
};

struct DrawParameters {
  Draw draw;
  int64_t first, count;
  float* out;
};

#ifdef __CUDACC__

template <class F>
__device__ __forceinline__ void materialize_weights(const MaterializeParameters& p) {
  const auto step = QueuedScalars::resolve<typename F::Step>(p.step);
  const Noise noise = resolved(p.noise);
  for_quads(p.span, [&](const Quad& quad, int64_t tile) {
    Weight weights[4];
    load_weights<F>(p.span, quad, weights);
    float out[4];
    if (p.signs) {
      materialize_quad<F, true>(weights, step, p.needs_noise, noise, quad, p.kept_noise, out);
    } else {
      materialize_quad<F, false>(weights, step, p.needs_noise, noise, quad, p.kept_noise, out);
    }
    store_materialized(p.span, quad, tile, out);
  });
}

// Calls weight(latent, j) for those of a quad.
template <class Value>
__device__ __forceinline__ void weights_of_latent(const MaterializeParameters& p, const Quad& quad, int64_t tile,
                                                  Value&& weight) {
  float latent[4], out[4];
  load_any(p.span.latent + quad.at, quad, latent);
#pragma unroll
  for (int j = 0; j < 4; ++j) out[j] = weight(latent[j], j);
  store_materialized(p.span, quad, tile, out);
}

template <class F>
__device__ __forceinline__ void modes_of_weights(const MaterializeParameters& p) {
  for_quads(p.span, [&](const Quad& quad, int64_t tile) {
    weights_of_latent(p, quad, tile, [](float latent, int) { return F::mode(latent); });
  });
}

template <class F>
__device__ __forceinline__ void sample_weights(const MaterializeParameters& p) {
  const auto step = QueuedScalars::resolve<typename F::Step>(p.step);
  const Noise noise = resolved(p.noise);
  for_quads(p.span, [&](const Quad& quad, int64_t tile) {
    float u[4];
    uniforms_of(noise, quad, u);
    weights_of_latent(p, quad, tile,
                      [&](float latent, int j) { return sign_value(u[j] < F::probability(latent, step)); });
  });
}

#define BB_WEIGHT_KERNELS(type, name)                                                                              \
  BB_KERNEL(kThreads) materialize_##name##_kernel(const MaterializeParameters p) { materialize_weights<type>(p); } \
  BB_KERNEL(kThreads) mode_##name##_kernel(const MaterializeParameters p) { modes_of_weights<type>(p); }           \
  BB_KERNEL(kThreads) sample_##name##_kernel(const MaterializeParameters p) { sample_weights<type>(p); }
BB_METHODS(BB_WEIGHT_KERNELS)
#undef BB_WEIGHT_KERNELS

// A warp a word.
BB_KERNEL(kThreads) pack_kernel(const PackParameters p) {
  const int64_t i = thread_index();
  if (i / kWarp >= p.words) return;
  const uint32_t word = __ballot_sync(0xffffffffu, i < p.count && p.values[i] > 0.0f);
  if (lane_index() == 0) p.packed[i / kWarp] = word;
}

// A thread a block of draws.
BB_KERNEL(kThreads) draw_uniform_kernel(const DrawParameters p) {
  const int64_t at = (p.first / kQuad + thread_index()) * kQuad - p.first;  // of the block's first draw, in `out`
  if (at >= p.count) return;
  float u[4];
  draw_quad(p.draw, p.first + at, u);
#pragma unroll
  for (int j = 0; j < 4; ++j) {
    if (at + j >= 0 && at + j < p.count) p.out[at + j] = u[j];
  }
}

#else

namespace {

MaterializeParameters parameters_of(const OptimizerPass& pass, const WeightSegment& segment) {
  MaterializeParameters p = {};
  p.span = span_of(pass, segment, 0, segment.count, pass.packed);
  p.signs = pass.packed;
  return p;
}

}  // namespace

void CudaBackend::materialize(const OptimizerPass& pass) {
  Optimizers::visit(pass.formula, [&]<class F>() {
    for (const WeightSegment& segment : pass.segments) {
      MaterializeParameters p = parameters_of(pass, segment);
      p.step = scalars_for(pass);
      p.noise = {pass.noise.recorded, draw_for(pass.noise.draw)};
      p.kept_noise = pass.kept_noise;
      p.needs_noise = F::materialize_needs_noise(*static_cast<const typename F::Step*>(pass.step));
      run({"weights", kernel_of<F>("materialize").c_str()}, grid_of(p.span, device_->multiprocessors()), p);
    }
  });
}

void CudaBackend::materialize_mode(const OptimizerPass& pass) {
  Optimizers::visit(pass.formula, [&]<class F>() {
    for (const WeightSegment& segment : pass.segments) {
      const MaterializeParameters p = parameters_of(pass, segment);
      run({"weights", kernel_of<F>("mode").c_str()}, grid_of(p.span, device_->multiprocessors()), p);
    }
  });
}

void CudaBackend::materialize_sample(const OptimizerPass& pass, const Noise& noise) {
  Optimizers::visit(pass.formula, [&]<class F>() {
    if (F::kClaims == ParameterKind::real) {
      materialize_mode(pass);
      return;
    }
    for (const WeightSegment& segment : pass.segments) {
      MaterializeParameters p = parameters_of(pass, segment);
      p.step = scalars_for(pass);
      p.noise = {noise.recorded, draw_for(noise.draw)};
      run({"weights", kernel_of<F>("sample").c_str()}, grid_of(p.span, device_->multiprocessors()), p);
    }
  });
}

// Whole 16 bytes, for those who read as many at once.
int64_t CudaBackend::packed_bytes(const PackedShape& shape) const {
  return 16 * ceil_divide(shape.outputs * shape.inputs * shape.taps, 128);
}

void CudaBackend::pack(const WeightSegment& segment, const float* values) {
  const PackParameters p = {values, static_cast<uint32_t*>(segment.packed), segment.count, bit_words(segment.count)};
  run({"weights", "pack_kernel"}, {ceil_divide(p.words * kWarp, kThreads), kThreads}, p);
}

void CudaBackend::unpack(const WeightSegment& segment, float* host) {
  std::vector<uint32_t> words(static_cast<size_t>(bit_words(segment.count)));
  download(words.data(), segment.packed, static_cast<int64_t>(words.size() * sizeof(uint32_t)));
  for (int64_t i = 0; i < segment.count; ++i)
    host[i] = (words[static_cast<size_t>(i / 32)] >> (i % 32) & 1) != 0 ? 1.0f : -1.0f;
}

void CudaBackend::draw_uniform(const Draw& draw, int64_t first, int64_t count, float* out) {
  const DrawParameters p = {draw, first, count, out};
  const int64_t blocks_of_draws = ceil_divide(first % kQuad + count, kQuad);
  run({"weights", "draw_uniform_kernel"}, {count > 0 ? ceil_divide(blocks_of_draws, kThreads) : 0, kThreads}, p);
}

#endif

}  // namespace bayesbinn::cuda
