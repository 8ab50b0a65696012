// The loop of every optimizer: blocks of weights against the formulas of optimizers/.
#include <algorithm>
#include <cstring>

#include "backends/cpu/cpu_backend.h"
#include "optimizers/list.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// Weights of a parallel task, and of an inner block: small, since one unsettled weight makes its block draw noise.
constexpr int64_t kTask = 32768;
constexpr int64_t kBlock = 64;

// Uniform noise of a block: recorded, or drawn on demand.
class BlockNoise {
 public:
  BlockNoise(const Noise& noise, int64_t first, int64_t count) : noise_(noise), first_(first), count_(count) {}

  bool recorded() const { return noise_.recorded != nullptr; }

  const float* values() {
    if (recorded()) return noise_.recorded + first_;
    const int64_t begin = first_ / 4;
    const int64_t blocks = (first_ + count_ + 3) / 4 - begin;
    uint32_t words[4][kBlock / 4 + 1];
    for (int64_t i = 0; i < blocks; ++i) {
      const PhiloxBlock block = draw_block(noise_.draw, static_cast<uint32_t>(begin + i));
      for (int j = 0; j < 4; ++j) words[j][i] = block.word[j];
    }
    for (int64_t i = 0; i < blocks; ++i) {
      for (int j = 0; j < 4; ++j) uniform_[4 * i + j] = uniform_from_bits(words[j][i]);
    }
    return uniform_ + first_ % 4;
  }

 private:
  const Noise& noise_;
  int64_t first_, count_;
  alignas(64) float uniform_[kBlock + 8];
};

// The arrays of a block; a slot that the method does without reads as its constant, and writes to it are dropped.
template <class F>
class BlockWeights {
 public:
  static constexpr int kUsed = static_cast<int>(std::size(F::kSlots));

  BlockWeights(const OptimizerPass& pass, int64_t first, int64_t count) : latent_(pass.latent + first) {
    for (int s = 0; s < kUsed; ++s) {
      const auto slot = static_cast<size_t>(s);
      slot_[s] = pass.slots[slot] ? pass.slots[slot] + first : absent_[s];
      if (!pass.slots[slot]) std::fill(absent_[s], absent_[s] + count, pass.absent_slots[slot]);
    }
  }

  __attribute__((always_inline)) Weight load(int64_t i) const {
    Weight weight;
    weight.latent = latent_[i];
    for (int s = 0; s < kMaxSlots; ++s) weight.slot[s] = s < kUsed ? slot_[s][i] : 0.0f;
    return weight;
  }

  __attribute__((always_inline)) void store(int64_t i, const Weight& weight) {
    latent_[i] = weight.latent;
    for (int s = 0; s < kUsed; ++s) slot_[s][i] = weight.slot[s];
  }

 private:
  float* latent_;
  float* slot_[kMaxSlots];
  alignas(64) float absent_[kMaxSlots][kBlock];
};

template <class F>
bool all_settled(const BlockWeights<F>& weights, const typename F::Step& step, int64_t count) {
  int32_t settled = 1;
  for (int64_t i = 0; i < count; ++i) settled &= F::settled(weights.load(i), step);
  return settled != 0;
}

template <class F>
void materialize_block(const OptimizerPass& pass, int64_t first, int64_t count) {
  const auto& step = *static_cast<const typename F::Step*>(pass.step);
  const BlockWeights<F> weights(pass, first, count);
  float* __restrict out = pass.weights + first;
  BlockNoise noise(pass.noise, first, count);
  if (!F::materialize_needs_noise(step)) {
    for (int64_t i = 0; i < count; ++i) out[i] = F::materialize(weights.load(i), 0.5f, step);
  } else if (!noise.recorded() && all_settled<F>(weights, step, count)) {
    for (int64_t i = 0; i < count; ++i) out[i] = F::materialize_settled(weights.load(i), step);
  } else {
    const float* u = noise.values();
    for (int64_t i = 0; i < count; ++i) out[i] = F::materialize(weights.load(i), u[i], step);
  }
}

// out[i] = pullback of gradient[i]
template <class F>
void pullback_block(const OptimizerPass& pass, const BlockWeights<F>& weights, int64_t first, int64_t count,
                    const float* __restrict gradient, float* __restrict out) {
  const auto& step = *static_cast<const typename F::Step*>(pass.step);
  const float* w = pass.weights + first;
  BlockNoise noise(pass.noise, first, count);
  if (!noise.recorded() && all_settled<F>(weights, step, count)) {
    for (int64_t i = 0; i < count; ++i) out[i] = F::pullback_settled(gradient[i], weights.load(i), step);
  } else if (!F::pullback_needs_noise(step)) {
    for (int64_t i = 0; i < count; ++i) out[i] = F::pullback(gradient[i], w[i], weights.load(i), 0.5f, step);
  } else {
    const float* u = noise.values();
    for (int64_t i = 0; i < count; ++i) out[i] = F::pullback(gradient[i], w[i], weights.load(i), u[i], step);
  }
}

template <class F>
void consume_block(const OptimizerPass& pass, int64_t first, int64_t count, const float* gradient) {
  const auto& step = *static_cast<const typename F::Step*>(pass.step);
  BlockWeights<F> weights(pass, first, count);
  alignas(64) float pulled[kBlock];
  pullback_block<F>(pass, weights, first, count, gradient, pulled);
  if (pass.samples > 1) {
    float* sum = pass.pulled_back + first;
    if (pass.sample > 0) {
      for (int64_t i = 0; i < count; ++i) pulled[i] += sum[i];
    }
    if (pass.sample + 1 < pass.samples) {
      std::copy(pulled, pulled + count, sum);
      return;
    }
  }
#if defined(__clang__)
#pragma clang loop vectorize(assume_safety)
#else
#pragma GCC ivdep
#endif
  for (int64_t i = 0; i < count; ++i) {
    Weight weight = weights.load(i);
    F::update(weight, pulled[i], step);
    weights.store(i, weight);
  }
}

// Calls action(first, count) for the blocks of [begin, end).
template <class Action>
void in_inner_blocks(int64_t begin, int64_t end, Action&& action) {
  for (int64_t first = begin; first < end; first += kBlock) action(first, std::min(kBlock, end - first));
}

}  // namespace

void CpuBackend::materialize(const OptimizerPass& pass) {
  Optimizers::visit(pass.formula, [&]<class F>() {
    in_blocks(pass.count, kTask, [&](int64_t begin, int64_t end) {
      in_inner_blocks(begin, end, [&](int64_t first, int64_t count) { materialize_block<F>(pass, first, count); });
    });
  });
}

void CpuBackend::materialize_mode(const OptimizerPass& pass) {
  Optimizers::visit(pass.formula, [&]<class F>() {
    in_blocks(pass.count, kTask, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) pass.weights[i] = F::mode(pass.latent[i]);
    });
  });
}

void CpuBackend::materialize_sample(const OptimizerPass& pass, const Noise& noise) {
  Optimizers::visit(pass.formula, [&]<class F>() {
    if (F::kClaims == ParameterKind::real) {
      materialize_mode(pass);
      return;
    }
    in_blocks(pass.count, kTask, [&](int64_t begin, int64_t end) {
      in_inner_blocks(begin, end, [&](int64_t first, int64_t count) {
        BlockNoise block_noise(noise, first, count);
        const float* u = block_noise.values();
        for (int64_t i = 0; i < count; ++i) {
          pass.weights[first + i] = u[i] < F::probability(pass.latent[first + i]) ? 1.0f : -1.0f;
        }
      });
    });
  });
}

void CpuBackend::consume_gradient(const GradientTarget& target, int64_t offset, const float* gradient, int64_t count) {
  const OptimizerPass& pass = *target.pass;
  const int64_t first = target.first + offset;
  if (target.store) {
    std::memcpy(target.store + pass.sample * pass.count + first, gradient, static_cast<size_t>(count) * sizeof(float));
  }
  if (!pass.update) return;
  Optimizers::visit(pass.formula, [&]<class F>() {
    in_inner_blocks(first, first + count,
                    [&](int64_t at, int64_t length) { consume_block<F>(pass, at, length, gradient + (at - first)); });
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

}  // namespace bayesbinn::BAYESBINN_ISA
