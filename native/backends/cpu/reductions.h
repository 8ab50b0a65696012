// Sums in double over eight fixed lanes: vectorised, and the same bits on every run.
#pragma once

#include <cstdint>

namespace bayesbinn::BAYESBINN_ISA {

// Sum over i of term(i).
template <class Term>
inline double lane_sum(int64_t count, Term&& term) {
  constexpr int64_t kSumLanes = 8;
  double lane[kSumLanes] = {};
  int64_t i = 0;
  for (; i + kSumLanes <= count; i += kSumLanes) {
    for (int64_t l = 0; l < kSumLanes; ++l) lane[l] += term(i + l);
  }
  for (int64_t l = 0; i < count; ++i, ++l) lane[l] += term(i);
  return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

inline double sum_of(const float* x, int64_t count) {
  return lane_sum(count, [x](int64_t i) { return static_cast<double>(x[i]); });
}

}  // namespace bayesbinn::BAYESBINN_ISA
