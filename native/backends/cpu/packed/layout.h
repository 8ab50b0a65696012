// How binary weights [outputs, inputs, taps] are kept as bits, for products by table look-up (lookup.h).
//
// `bits` inputs form a group, and the signs of a group's weights one code, bit k that of member k. Codes are stored
// twice: for the product with the inputs, and with the roles exchanged for the product with the outputs' gradients.
// They lie [tap][chunk][output][kChunk], as byte offsets into a group's table.
//
// Both directions are packed from a few rows of weights at a time. For that, the groups of the forward product have
// their members far apart in a row (input g + k * groups), so that the codes of neighbouring groups come out of one
// vector; those of the input gradient are `bits` neighbouring rows.
#pragma once

#include <cstdint>

#include "backends/backend.h"
#include "backends/cpu/simd.h"

namespace bayesbinn::BAYESBINN_ISA {

// Samples that are looked up at once: one vector, or two of 16 bytes.
constexpr int64_t kSamples = kLanes < 8 ? 8 : kLanes;
constexpr int64_t kEntryBytes = kSamples * static_cast<int64_t>(sizeof(float));
// Groups whose tables lie in the first-level cache at once.
constexpr int64_t kChunk = 8;

// One direction.
struct CodeLayout {
  int64_t outputs, inputs;
  int bits;
  int64_t groups, chunks;
  // Input of member k of group g: g * group_step + k * member_step, if below `inputs`.
  int64_t group_step, member_step;

  int64_t codes() const { return chunks * outputs * kChunk; }
  // Place of the code of `group` for `output`.
  int64_t place(int64_t group, int64_t output) const {
    return (group / kChunk * outputs + output) * kChunk + group % kChunk;
  }
};

struct PackedLayout {
  explicit PackedLayout(const PackedShape& shape);

  int64_t taps;
  CodeLayout forward;   // outputs from inputs
  CodeLayout backward;  // inputs from outputs

  int64_t bytes() const { return taps * (forward.codes() + backward.codes()) * static_cast<int64_t>(sizeof(uint16_t)); }
  const uint16_t* forward_codes(const void* packed, int64_t tap) const {
    return static_cast<const uint16_t*>(packed) + tap * forward.codes();
  }
  const uint16_t* backward_codes(const void* packed, int64_t tap) const {
    return static_cast<const uint16_t*>(packed) + taps * forward.codes() + tap * backward.codes();
  }
  uint16_t* forward_codes(void* packed, int64_t tap) const {
    return const_cast<uint16_t*>(forward_codes(static_cast<const void*>(packed), tap));
  }
  uint16_t* backward_codes(void* packed, int64_t tap) const {
    return const_cast<uint16_t*>(backward_codes(static_cast<const void*>(packed), tap));
  }
};

// Calls action with the group size of a layout as a constant.
template <class Action>
inline void with_bits(int bits, Action&& action) {
  if (bits == 4) {
    action.template operator()<4>();
  } else {
    action.template operator()<6>();
  }
}

}  // namespace bayesbinn::BAYESBINN_ISA
