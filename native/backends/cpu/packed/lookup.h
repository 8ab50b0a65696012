// Products with binary weights by table look-up: float32 sums of +-x without a multiplication.
//
// For a group of `bits` inputs and kSamples samples side by side the 2^bits signed sums are formed once; then every
// output adds the one that its code names: one load and one addition for `bits` inputs. The tables of kChunk groups
// stay in the first-level cache while all outputs pass, their sums streaming by.
//
// A table is the sum of two halves, hi + lo, each built by x and -x. So Inf stays Inf and only Inf - Inf is NaN; NaN
// reaches every output of its sample.
#pragma once

#include <cstring>

#include "backends/cpu/batch_stride.h"
#include "backends/cpu/packed/layout.h"

namespace bayesbinn::BAYESBINN_ISA {

// As many samples of an entry as are at hand: all, or where no more are left the first half or quarter, which takes
// half the time on processors whose widest vectors are two of their registers, or half the instructions, and reads no
// more than a small batch has.
template <int64_t samples>
struct Samples {
  static constexpr int64_t kWidth = samples < kLanes ? samples : kLanes;
  static constexpr int64_t kVectors = samples / kWidth;
  typedef float Vector __attribute__((vector_size(kWidth * sizeof(float))));

  __attribute__((always_inline)) static Vector load(const float* from) {
    return *reinterpret_cast<const Vector*>(from);
  }
  __attribute__((always_inline)) static void store(float* to, Vector value) { *reinterpret_cast<Vector*>(to) = value; }
};

alignas(64) inline constexpr float kNoInput[kSamples] = {};

// The 2^bits signed sums of bits vectors.
template <int bits, class Vector>
__attribute__((always_inline)) inline void signed_sums(const Vector* x, Vector* sums) {
  sums[0] = -x[0];
  sums[1] = x[0];
#pragma GCC unroll 8
  for (int k = 1; k < bits; ++k) {
#pragma GCC unroll 8
    for (int code = (1 << k) - 1; code >= 0; --code) {
      sums[code + (1 << k)] = sums[code] + x[k];
      sums[code] = sums[code] - x[k];
    }
  }
}

// member[k]: `samples` values of member k.
template <int bits, int64_t samples>
inline void build_table(const float* const* member, float* table) {
  using S = Samples<samples>;
  constexpr int kLow = bits / 2;
  constexpr int kHigh = bits - kLow;
#pragma GCC unroll 2
  for (int64_t v = 0; v < S::kVectors; ++v) {
    typename S::Vector x[bits], low[1 << kLow], high[1 << kHigh];
#pragma GCC unroll 8
    for (int k = 0; k < bits; ++k) x[k] = S::load(member[k] + v * S::kWidth);
    signed_sums<kLow>(x, low);
    signed_sums<kHigh>(x + kLow, high);
#pragma GCC unroll 8
    for (int h = 0; h < 1 << kHigh; ++h) {
#pragma GCC unroll 8
      for (int l = 0; l < 1 << kLow; ++l)
        S::store(table + ((h << kLow) + l) * kSamples + v * S::kWidth, high[h] + low[l]);
    }
  }
}

// Input of a member of a group; -1: none, its weights count for nothing.
inline int64_t input_of(const CodeLayout& layout, int64_t group, int64_t member) {
  const int64_t input = group * layout.group_step + member * layout.member_step;
  return group < layout.groups && input < layout.inputs ? input : -1;
}

// Tables of a chunk of groups. x: the samples of input 0; the next input lies `stride` floats on.
template <int bits, int64_t samples>
__attribute__((noinline)) void build_chunk(const CodeLayout& layout, int64_t chunk, const float* x, int64_t stride,
                                           float* tables) {
  for (int64_t c = 0; c < kChunk; ++c) {
    const float* member[bits];
    for (int k = 0; k < bits; ++k) {
      const int64_t input = input_of(layout, chunk * kChunk + c, k);
      member[k] = input < 0 ? kNoInput : x + input * stride;
    }
    build_table<bits, samples>(member, tables + c * (int64_t{1} << bits) * kSamples);
  }
}

// Tables of `groups` groups from inputs side by side, [groups][bits][kSamples].
template <int bits, int64_t groups, int64_t samples>
__attribute__((noinline)) void build_tables(const float* inputs, float* tables) {
  for (int64_t c = 0; c < groups; ++c) {
    const float* member[bits];
    for (int k = 0; k < bits; ++k) member[k] = inputs + (c * bits + k) * kSamples;
    build_table<bits, samples>(member, tables + c * (int64_t{1} << bits) * kSamples);
  }
}

// Sum of the entries that `count` codes name, in pairs. The codes come in one load and are taken apart in registers:
// loads are what limits this.
template <int bits, int64_t count, int64_t samples>
__attribute__((always_inline)) inline void sum_entries(const char* tables, const uint16_t* codes,
                                                       typename Samples<samples>::Vector* sum) {
  using S = Samples<samples>;
  static_assert(count == 2 || count == 4, "entries are added in pairs");
  constexpr int64_t kTableBytes = (int64_t{1} << bits) * kEntryBytes;
  uint64_t word;
  std::memcpy(&word, codes, sizeof word);
  typename S::Vector part[4][S::kVectors];
#pragma GCC unroll 4
  for (int64_t i = 0; i < count; ++i) {
    asm("" : "+r"(word));  // or the compiler would make a load for each code again
    const auto* const entry = reinterpret_cast<const float*>(tables + i * kTableBytes + (word & 0xffff));
    word >>= 16;
#pragma GCC unroll 2
    for (int64_t v = 0; v < S::kVectors; ++v) {
      const typename S::Vector value = S::load(entry + v * S::kWidth);
      part[i][v] = i % 2 == 0 ? value : part[i - 1][v] + value;
    }
  }
#pragma GCC unroll 2
  for (int64_t v = 0; v < S::kVectors; ++v) sum[v] = count > 2 ? part[1][v] + part[count - 1][v] : part[count - 1][v];
}

// sums[output][kSamples] (+)= the entries that the first `groups` of codes[output][kChunk] name. A chunk is summed by
// itself first: so few additions meet large sums that the rounding errors stay below those of a dense product. Not to
// be inlined: where the compiler sees what the pointers are made of, it forms them anew in the loop.
template <int bits, bool first, int64_t groups, int64_t samples>
__attribute__((noinline)) void look_up(const float* tables, const uint16_t* codes, int64_t outputs, float* sums) {
  using S = Samples<samples>;
  static_assert(groups <= 8 && kChunk >= 4, "codes are read by fours, twice");
  constexpr int64_t kFirst = groups < 4 ? groups : 4;
  constexpr int64_t kFourTables = 4 * (int64_t{1} << bits) * kEntryBytes;
  const auto* const bytes = reinterpret_cast<const char*>(tables);
  for (int64_t o = 0; o < outputs; ++o) {
    typename S::Vector sum[S::kVectors], more[S::kVectors];
    sum_entries<bits, kFirst, samples>(bytes, codes + o * kChunk, sum);
    if constexpr (groups > 4) sum_entries<bits, groups - 4, samples>(bytes + kFourTables, codes + o * kChunk + 4, more);
#pragma GCC unroll 2
    for (int64_t v = 0; v < S::kVectors; ++v) {
      float* const place = sums + o * kSamples + v * S::kWidth;
      if constexpr (groups > 4) sum[v] += more[v];
      S::store(place, first ? sum[v] : S::load(place) + sum[v]);
    }
  }
}

// Calls action with how many groups of a chunk are in use, rounded up to an even number, as a constant.
template <class Action>
inline void with_groups(const CodeLayout& layout, int64_t chunk, Action&& action) {
  const int64_t groups = layout.groups - chunk * kChunk;
  if (groups > 6) {
    action.template operator()<8>();
  } else if (groups > 4) {
    action.template operator()<6>();
  } else if (groups > 2) {
    action.template operator()<4>();
  } else {
    action.template operator()<2>();
  }
}

// Calls action with how many samples of an entry the `count` that are left take, as a constant.
template <class Action>
inline void with_samples(int64_t count, Action&& action) {
  if (count > kSamples / 2) {
    action.template operator()<kSamples>();
  } else if (kSamples / 2 > kLeastStride && count <= kLeastStride) {
    action.template operator()<kLeastStride>();
  } else {
    action.template operator()<kSamples / 2>();
  }
}

}  // namespace bayesbinn::BAYESBINN_ISA
