// Philox4x32-10, a counter-based generator: every draw is a pure function of its address, so the same numbers come
// out on any device, with any number of threads, and resuming needs no hidden state.
// Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
#pragma once

#include <cstdint>

#include "base/host_device.h"

namespace bayesbinn {

// One number a use, so that no two uses share draws.
enum class Stream : uint32_t { weights, dropout, shuffle, augmentation, initialisation, prediction };

// Where draws come from: counter = (element / 4, sample, step, stream | index << 8), key = seed.
// `index` tells apart the layers or optimizers that use one stream.
struct Draw {
  uint64_t seed;
  uint32_t step;
  uint32_t sample;
  Stream stream;
  uint32_t index;

  bool operator==(const Draw&) const = default;
};

constexpr uint32_t kPhiloxMultiplier0 = 0xD2511F53u;
constexpr uint32_t kPhiloxMultiplier1 = 0xCD9E8D57u;
constexpr uint32_t kPhiloxWeyl0 = 0x9E3779B9u;
constexpr uint32_t kPhiloxWeyl1 = 0xBB67AE85u;

struct PhiloxBlock {
  uint32_t word[4];
};

BB_FORMULA PhiloxBlock philox(uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t k0, uint32_t k1) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{kPhiloxMultiplier0} * c0;
    const uint64_t p1 = uint64_t{kPhiloxMultiplier1} * c2;
    c0 = static_cast<uint32_t>(p1 >> 32) ^ c1 ^ k0;
    c2 = static_cast<uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c1 = static_cast<uint32_t>(p1);
    c3 = static_cast<uint32_t>(p0);
    k0 += kPhiloxWeyl0;
    k1 += kPhiloxWeyl1;
  }
  return {{c0, c1, c2, c3}};
}

// The four words of elements 4*block .. 4*block+3.
BB_FORMULA PhiloxBlock draw_block(const Draw& draw, uint32_t block) {
  return philox(block, draw.sample, draw.step, static_cast<uint32_t>(draw.stream) | draw.index << 8,
                static_cast<uint32_t>(draw.seed), static_cast<uint32_t>(draw.seed >> 32));
}

// Uniform in [2^-24, 1 - 2^-24]: max(k, 1) 2^-24 with 24 bits k, so that log(u/(1-u)) is finite.
BB_FORMULA float uniform_from_bits(uint32_t word) {
  const uint32_t k = word >> 8;
  return static_cast<float>(static_cast<int32_t>(k > 0 ? k : 1)) * 0x1p-24f;
}

}  // namespace bayesbinn
