// A few weights of an optimizer at a time: what the loops over formulas read and write.
#pragma once

#include <algorithm>
#include <cstring>
#include <iterator>

#include "backends/backend.h"
#include "backends/cpu/philox_vector.h"

namespace bayesbinn::BAYESBINN_ISA {

// Weights of a block: few, since one unsettled weight makes its block draw noise.
constexpr int64_t kBlock = 64;

template <class F>
const typename F::Step& step_of(const OptimizerPass& pass) {
  return *static_cast<const typename F::Step*>(pass.step);
}

// Calls action(first, count) for the blocks of [begin, end).
template <class Action>
void in_inner_blocks(int64_t begin, int64_t end, Action&& action) {
  for (int64_t first = begin; first < end; first += kBlock) action(first, std::min(kBlock, end - first));
}

// Uniform noise of a block: recorded, or drawn on demand.
class BlockNoise {
 public:
  BlockNoise(const Noise& noise, int64_t first, int64_t count) : noise_(noise), first_(first), count_(count) {}

  const float* values() {
    if (noise_.recorded) return noise_.recorded + first_;
    const int64_t begin = first_ / 4;
    const int64_t blocks = (first_ + count_ + 3) / 4 - begin;
    if (blocks <= kAligned) {
      draw<kAligned>(begin);
    } else {
      draw<kBlocks>(begin);
    }
    return uniform_ + first_ % 4;
  }

 private:
  // As many as stand in memory from a multiple of four on, or from elsewhere, in whole vectors.
  static constexpr int64_t kAligned = kBlock / 4;
  static constexpr int64_t kBlocks = (kAligned + 1 + 7) / 8 * 8;

  // Blocks of four draws from `begin` on.
  template <int64_t blocks>
  void draw(int64_t begin) {
    alignas(64) uint64_t words[4][blocks];
    draw_words(noise_.draw, static_cast<uint32_t>(begin), 1, blocks, {words[0], words[1], words[2], words[3]});
    // Two words at a time into their order, then all to floats: loops that vectorise.
    alignas(64) uint64_t pairs[2 * blocks];
    for (int64_t i = 0; i < blocks; ++i) {
      pairs[2 * i] = (words[0][i] & 0xffffffffu) | words[1][i] << 32;
      pairs[2 * i + 1] = (words[2][i] & 0xffffffffu) | words[3][i] << 32;
    }
    alignas(64) uint32_t ordered[4 * blocks];
    std::memcpy(ordered, pairs, sizeof ordered);
    for (int64_t i = 0; i < 4 * blocks; ++i) uniform_[i] = uniform_from_bits(ordered[i]);
  }

  const Noise& noise_;
  int64_t first_, count_;
  alignas(64) float uniform_[4 * kBlocks];
};

// The arrays of a pass; a slot that the method does without reads as its constant, and writes to it are dropped.
template <class F>
class WeightArrays {
 public:
  WeightArrays(const OptimizerPass& pass, int64_t first) : pass_(pass) {
    for (int s = 0; s < kUsed; ++s) {
      const auto slot = static_cast<size_t>(s);
      if (!pass.slots[slot]) std::fill(absent_[s], absent_[s] + kBlock, pass.absent_slots[slot]);
    }
    move_to(first);
  }
  WeightArrays(const WeightArrays&) = delete;
  WeightArrays& operator=(const WeightArrays&) = delete;

  // The weights at hand: first .. first + kBlock - 1.
  void move_to(int64_t first) {
    latent_ = pass_.latent + first;
    for (int s = 0; s < kUsed; ++s) {
      float* const slot = pass_.slots[static_cast<size_t>(s)];
      from_[s] = slot ? slot + first : absent_[s];
      to_[s] = slot ? slot + first : dropped_[s];
    }
  }

  __attribute__((always_inline)) Weight load(int64_t i) const {
    // Not a loop over kMaxSlots: that is long enough to stay one, and in the way of vectors.
    Weight weight = {latent_[i], {}};
    for (int s = 0; s < kUsed; ++s) weight.slot[s] = from_[s][i];
    return weight;
  }

  __attribute__((always_inline)) void store(int64_t i, const Weight& weight) {
    latent_[i] = weight.latent;
    for (int s = 0; s < kUsed; ++s) to_[s][i] = weight.slot[s];
  }

 private:
  static constexpr int kUsed = static_cast<int>(std::size(F::kSlots));

  const OptimizerPass& pass_;
  float* latent_ = nullptr;
  const float* from_[kMaxSlots];
  float* to_[kMaxSlots];
  alignas(64) float absent_[kMaxSlots][kBlock];
  alignas(64) float dropped_[kMaxSlots][kBlock];
};

// Whether no weight at hand needs noise or an exponential.
template <class F>
bool all_settled(const WeightArrays<F>& weights, const typename F::Step& step, int64_t count) {
  if (!F::settled(weights.load(0), step)) return false;  // where few are settled, one look is enough
  int32_t settled = 1;
  for (int64_t i = 0; i < count; ++i) settled &= F::settled(weights.load(i), step);
  return settled != 0;
}

}  // namespace bayesbinn::BAYESBINN_ISA
