// The loops of every optimizer: blocks of weights against the formulas of optimizers/.
#include <atomic>
#include <cstring>
#include <iterator>
#include <limits>
#include <vector>

#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/packed/pack.h"
#include "backends/cpu/weight_block.h"
#include "optimizers/list.h"

#if defined(__clang__)
#define BB_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define BB_INDEPENDENT _Pragma("GCC ivdep")
#endif

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// Weights of a parallel task: few enough that a small layer keeps several threads busy.
constexpr int64_t kTask = 4096;
// The same where they are packed, which wants blocks of many rows.
constexpr int64_t kPackTask = 65536;

float* kept_noise(const OptimizerPass& pass, int64_t first) {
  return pass.kept_noise ? pass.kept_noise + first : nullptr;
}

// The method's noise of a block.
template <class F>
void draw_noise(const Noise& noise, int64_t first, int64_t count, float* __restrict out) {
  BlockNoise block(noise, first, count);
  const float* u = block.values();
  for (int64_t i = 0; i < count; ++i) out[i] = F::noise(u[i]);
}

// kept: where the noise stays, if there was any; may be null.
template <class F>
void materialize_block(const WeightArrays<F>& weights, typename F::Step step, const Noise& noise, int64_t first,
                       int64_t count, float* kept, float* __restrict out) {
  if (!F::materialize_needs_noise(step)) {
    for (int64_t i = 0; i < count; ++i) out[i] = F::materialize_without_noise(weights.load(i), step);
  } else if (!noise.recorded && all_settled<F>(weights, step, count)) {
    for (int64_t i = 0; i < count; ++i) out[i] = F::materialize_settled(weights.load(i), step);
  } else {
    alignas(64) float space[kBlock];
    float* const values = kept ? kept : space;
    draw_noise<F>(noise, first, count, values);
    for (int64_t i = 0; i < count; ++i) out[i] = F::materialize(weights.load(i), values[i], step);
  }
}

constexpr uint8_t sign_mask(bool positive) { return positive ? 0xff : 0; }

// Where weights are signs: 0xff for +1, 0 for -1.
template <class F>
void sign_block(const WeightArrays<F>& weights, typename F::Step step, const Noise& noise, int64_t first, int64_t count,
                uint8_t* __restrict out) {
  if (!F::materialize_needs_noise(step)) {
    for (int64_t i = 0; i < count; ++i) out[i] = sign_mask(F::positive(weights.load(i), 0.0f));
  } else if (!noise.recorded && all_settled<F>(weights, step, count)) {
    for (int64_t i = 0; i < count; ++i) out[i] = sign_mask(F::materialize_settled(weights.load(i), step) > 0.0f);
  } else {
    alignas(64) float values[kBlock];
    draw_noise<F>(noise, first, count, values);
    for (int64_t i = 0; i < count; ++i) out[i] = sign_mask(F::positive(weights.load(i), values[i]));
  }
}

// out[i] = pullback of gradient[i]; kept: the noise that the weights were materialised with, or null.
template <class F>
void pullback_block(const WeightArrays<F>& weights, typename F::Step step, const Noise& noise, int64_t first,
                    int64_t count, const float* kept, const float* __restrict gradient, float* __restrict out) {
  if (!noise.recorded && all_settled<F>(weights, step, count)) {
    for (int64_t i = 0; i < count; ++i) out[i] = F::pullback_settled(gradient[i], weights.load(i), step);
  } else if (!F::pullback_needs_noise(step)) {
    for (int64_t i = 0; i < count; ++i) out[i] = F::pullback_without_noise(gradient[i], weights.load(i), step);
  } else {
    alignas(64) float space[kBlock];
    if (!kept) draw_noise<F>(noise, first, count, space);
    const float* const values = kept ? kept : space;
    for (int64_t i = 0; i < count; ++i) out[i] = F::pullback(gradient[i], weights.load(i), values[i], step);
  }
}

// Methods with two forms of their update, see formula.h.
template <class F>
concept HasSecondUpdate = requires(const typename F::Step& step) {
  F::second_update(step);
};

template <class F, bool second>
__attribute__((always_inline)) inline void update_weight(Weight& weight, float gradient, const typename F::Step& step) {
  if constexpr (second) {
    F::update_second(weight, gradient, step);
  } else {
    F::update(weight, gradient, step);
  }
}

template <class F>
__attribute__((always_inline)) inline int32_t is_finite(const Weight& weight) {
  int32_t finite = magnitude(weight.latent) <= std::numeric_limits<float>::max();
  for (size_t s = 0; F::kChecksSlots && s < std::size(F::kSlots); ++s)
    finite &= magnitude(weight.slot[s]) <= std::numeric_limits<float>::max();
  return finite;
}

struct Updated {
  bool finite;    // all latent weights, and their slots where these are checked, still are
  int32_t flips;  // binary weights that have another mode
};

template <class F, bool second = false>
Updated update_block(WeightArrays<F>& weights, typename F::Step step, int64_t count, const float* gradient) {
  int32_t finite = 1;
  int32_t flips = 0;
  BB_INDEPENDENT
  for (int64_t i = 0; i < count; ++i) {
    Weight weight = weights.load(i);
    const float before = weight.latent;
    update_weight<F, second>(weight, gradient[i], step);
    weights.store(i, weight);
    finite &= is_finite<F>(weight);
    if constexpr (F::kClaims == ParameterKind::binary) flips += F::mode(before) != F::mode(weight.latent);
  }
  return {finite != 0, flips};
}

template <class F>
Updated update_in_its_form(WeightArrays<F>& weights, const typename F::Step& step, int64_t count,
                           const float* gradient) {
  if constexpr (HasSecondUpdate<F>) {
    if (F::second_update(step)) return update_block<F, true>(weights, step, count, gradient);
  }
  return update_block<F>(weights, step, count, gradient);
}

// The gradient of the update from that of a weight sample; false until the last sample completes it.
template <class F>
bool accumulate_block(const OptimizerPass& pass, const WeightArrays<F>& weights, int64_t first, int64_t count,
                      const float* gradient, float* out) {
  pullback_block<F>(weights, step_of<F>(pass), pass.noise, first, count, kept_noise(pass, first), gradient, out);
  if (pass.samples == 1) return true;
  float* sum = pass.pulled_back + first;
  if (pass.sample > 0) {
    for (int64_t i = 0; i < count; ++i) out[i] += sum[i];
  }
  if (pass.sample + 1 == pass.samples) return true;
  std::copy(out, out + count, sum);
  return false;
}

// Signs of a block as float32 weights.
void signs_to_values(const uint8_t* signs, int64_t count, float* values) {
  for (int64_t i = 0; i < count; ++i) values[i] = signs[i] != 0 ? 1.0f : -1.0f;
}

}  // namespace

uint8_t* CpuBackend::sign_space(int64_t count) {
  thread_local std::vector<uint8_t> space;
  if (static_cast<int64_t>(space.size()) < count) space.resize(static_cast<size_t>(count));
  return space.data();
}

// Calls signs(first, count, out), with first counted in the pass, and packs what it gives.
template <class Signs>
void CpuBackend::pack_segment(const WeightSegment& segment, Signs&& signs) {
  const PackedLayout layout(segment.shape);
  const int64_t row = segment.count / segment.shape.outputs;
  in_blocks(segment.shape.outputs, pack_rows_near(layout, kPackTask / row), [&](int64_t begin, int64_t end) {
    uint8_t* const space = sign_space((end - begin) * row);
    signs(segment.first + begin * row, (end - begin) * row, space);
    pack_rows(layout, begin, end, space, segment.packed);
  });
}

// Calls values(first, count, out), with first counted in the pass.
template <class Values>
void CpuBackend::fill_segment(const WeightSegment& segment, Values&& values) {
  in_blocks(segment.count, kTask,
            [&](int64_t begin, int64_t end) { values(segment.first + begin, end - begin, segment.values + begin); });
}

void CpuBackend::materialize(const OptimizerPass& pass) {
  const Timed timed(profile, Part::materialize);
  Optimizers::visit(pass.formula, [&]<class F>() {
    const auto& step = step_of<F>(pass);
    // Calls block(weights, first, count, out) for the blocks of a piece.
    const auto in_weight_blocks = [&](int64_t first, int64_t count, auto* out, auto&& block) {
      WeightArrays<F> weights(pass, first);
      in_inner_blocks(first, first + count, [&](int64_t at, int64_t length) {
        weights.move_to(at);
        block(weights, at, length, out + (at - first));
      });
    };
    for (const WeightSegment& segment : pass.segments) {
      if (pass.packed && segment.packed) {
        pack_segment(segment, [&](int64_t first, int64_t count, uint8_t* out) {
          in_weight_blocks(first, count, out, [&](const auto& weights, int64_t at, int64_t length, uint8_t* signs) {
            sign_block<F>(weights, step, pass.noise, at, length, signs);
          });
        });
      } else {
        fill_segment(segment, [&](int64_t first, int64_t count, float* out) {
          in_weight_blocks(first, count, out, [&](const auto& weights, int64_t at, int64_t length, float* values) {
            materialize_block<F>(weights, step, pass.noise, at, length, kept_noise(pass, at), values);
          });
        });
      }
    }
  });
}

void CpuBackend::materialize_mode(const OptimizerPass& pass) {
  Optimizers::visit(pass.formula, [&]<class F>() {
    const float* const latent = pass.latent;
    for (const WeightSegment& segment : pass.segments) {
      if (pass.packed && segment.packed) {
        pack_segment(segment, [&](int64_t first, int64_t count, uint8_t* out) {
          for (int64_t i = 0; i < count; ++i) out[i] = sign_mask(F::mode(latent[first + i]) > 0.0f);
        });
      } else {
        fill_segment(segment, [&](int64_t first, int64_t count, float* out) {
          for (int64_t i = 0; i < count; ++i) out[i] = F::mode(latent[first + i]);
        });
      }
    }
  });
}

void CpuBackend::materialize_sample(const OptimizerPass& pass, const Noise& noise) {
  Optimizers::visit(pass.formula, [&]<class F>() {
    if (F::kClaims == ParameterKind::real) {
      materialize_mode(pass);
      return;
    }
    const auto step = step_of<F>(pass);
    const auto draw_block = [&](int64_t first, int64_t count, uint8_t* __restrict out) {
      BlockNoise block_noise(noise, first, count);
      const float* u = block_noise.values();
      for (int64_t i = 0; i < count; ++i) out[i] = sign_mask(u[i] < F::probability(pass.latent[first + i], step));
    };
    for (const WeightSegment& segment : pass.segments) {
      if (pass.packed && segment.packed) {
        pack_segment(segment, [&](int64_t first, int64_t count, uint8_t* out) {
          in_inner_blocks(first, first + count,
                          [&](int64_t at, int64_t length) { draw_block(at, length, out + (at - first)); });
        });
      } else {
        fill_segment(segment, [&](int64_t first, int64_t count, float* out) {
          in_inner_blocks(first, first + count, [&](int64_t at, int64_t length) {
            uint8_t signs[kBlock];
            draw_block(at, length, signs);
            signs_to_values(signs, length, out + (at - first));
          });
        });
      }
    }
  });
}

void CpuBackend::consume_gradient(const GradientTarget& target, int64_t offset, const float* gradient, int64_t count) {
  uint8_t* const signs = draws_next(target) ? sign_space(count) : nullptr;
  consume_span(target, offset, gradient, count, signs);
  if (signs) place_signs(target, offset, count, signs);
}

bool CpuBackend::draws_next(const GradientTarget& target) {
  const OptimizerPass& pass = *target.pass;
  return pass.update && pass.next && pass.sample + 1 == pass.samples;
}

void CpuBackend::place_signs(const GradientTarget& target, int64_t offset, int64_t count, const uint8_t* signs) {
  const WeightSegment& segment = *target.segment;
  if (segment.packed) {
    const int64_t row = segment.count / segment.shape.outputs;
    pack_rows(PackedLayout(segment.shape), offset / row, (offset + count) / row, signs, segment.packed);
  } else {
    signs_to_values(signs, count, segment.values + offset);
  }
}

void CpuBackend::prefetch_span(const GradientTarget& target, int64_t offset, int64_t count) {
  if (!target.pass->update) return;
  const float* const latent = target.pass->latent + target.segment->first + offset;
  for (int64_t i = 0; i < count; i += 16) __builtin_prefetch(latent + i, 1);
}

// One pass over memory: gradient, update, and the signs of the next step while the latent weights are at hand.
void CpuBackend::consume_span(const GradientTarget& target, int64_t offset, const float* gradient, int64_t count,
                              uint8_t* signs) {
  const OptimizerPass& pass = *target.pass;
  const int64_t first = target.segment->first + offset;
  if (target.store) {
    std::memcpy(target.store + pass.sample * pass.count + first, gradient, static_cast<size_t>(count) * sizeof(float));
  }
  if (!pass.update) return;
  Optimizers::visit(pass.formula, [&]<class F>() {
    const auto& step = step_of<F>(pass);
    WeightArrays<F> weights(pass, first);
    const Noise next_noise = {nullptr, signs ? *pass.next : Draw{}};
    bool finite = true;
    int64_t flips = 0;
    in_inner_blocks(first, first + count, [&](int64_t at, int64_t length) {
      weights.move_to(at);
      alignas(64) float pulled[kBlock];
      if (!accumulate_block<F>(pass, weights, at, length, gradient + (at - first), pulled)) return;
      const Updated updated = update_in_its_form<F>(weights, step, length, pulled);
      finite &= updated.finite;
      flips += updated.flips;
      if (signs) sign_block<F>(weights, step, next_noise, at, length, signs + (at - first));
    });
    if (!finite) pass.not_finite->store(true, std::memory_order_relaxed);
    if (pass.flips && flips > 0) pass.flips->fetch_add(flips, std::memory_order_relaxed);
  });
}

void CpuBackend::draw_uniform(const Draw& draw, int64_t first, int64_t count, float* out) {
  const Noise noise = {nullptr, draw};
  in_blocks(count, kTask, [&](int64_t begin, int64_t end) {
    in_inner_blocks(begin, end, [&](int64_t at, int64_t length) {
      BlockNoise block(noise, first + at, length);
      std::copy_n(block.values(), length, out + at);
    });
  });
}

int64_t CpuBackend::packed_bytes(const PackedShape& shape) const { return PackedLayout(shape).bytes(); }

void CpuBackend::pack(const WeightSegment& segment, const float* values) {
  pack_segment(segment, [&](int64_t first, int64_t count, uint8_t* out) {
    for (int64_t i = 0; i < count; ++i) out[i] = sign_mask(values[first - segment.first + i] > 0.0f);
  });
}

void CpuBackend::unpack(const WeightSegment& segment, float* host) {
  bayesbinn::BAYESBINN_ISA::unpack(PackedLayout(segment.shape), segment.packed, 0, segment.count, host);
}

}  // namespace bayesbinn::BAYESBINN_ISA
