#include "backends/cpu/packed/pack.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// code[i]: bit k from member k. Members of one group lie `step` bytes apart; the first `whole` groups have them all,
// and so many of the last ones have only those before `end`.
template <int bits>
void gather_codes(const uint8_t* signs, int64_t step, int64_t end, int64_t groups, uint8_t* __restrict code) {
  const int64_t whole = std::clamp<int64_t>(end - (bits - 1) * step, 0, groups);
  for (int64_t i = 0; i < whole; ++i) {
    int sum = 0;
#pragma GCC unroll 8
    for (int k = 0; k < bits; ++k) sum |= signs[k * step + i] & 1 << k;
    code[i] = static_cast<uint8_t>(sum);
  }
  for (int64_t i = whole; i < groups; ++i) {
    int sum = 0;
    for (int k = 0; k * step + i < end; ++k) sum |= signs[k * step + i] & 1 << k;
    code[i] = static_cast<uint8_t>(sum);
  }
}

// One row of one tap: the codes of all groups for one output.
void pack_forward(const CodeLayout& layout, int64_t output, const uint8_t* signs, uint8_t* code, uint16_t* codes) {
  with_bits(layout.bits,
            [&]<int bits>() { gather_codes<bits>(signs, layout.member_step, layout.inputs, layout.groups, code); });
  std::fill(code + layout.groups, code + layout.chunks * kChunk, uint8_t{0});
  for (int64_t chunk = 0; chunk < layout.chunks; ++chunk) {
    uint16_t* __restrict out = codes + (chunk * layout.outputs + output) * kChunk;
    for (int64_t c = 0; c < kChunk; ++c) out[c] = static_cast<uint16_t>(code[chunk * kChunk + c] * kEntryBytes);
  }
}

// Up to `bits` rows of one tap: the codes of one group for all outputs of the input gradient.
void pack_backward(const CodeLayout& layout, int64_t group, const uint8_t* signs, int64_t rows, int64_t row_bytes,
                   uint8_t* code, uint16_t* codes) {
  with_bits(layout.bits,
            [&]<int bits>() { gather_codes<bits>(signs, row_bytes, rows * row_bytes, layout.outputs, code); });
  uint16_t* __restrict out = codes + layout.place(group, 0);
  for (int64_t i = 0; i < layout.outputs; ++i) out[i * kChunk] = static_cast<uint16_t>(code[i] * kEntryBytes);
}

}  // namespace

int64_t pack_rows_near(const PackedLayout& layout, int64_t wanted) {
  const int64_t group = layout.backward.bits;
  const int64_t chunk = group * kChunk;
  if (wanted >= 2 * chunk) return wanted / chunk * chunk;
  return std::max(group, (wanted + group - 1) / group * group);
}

void pack_rows(const PackedLayout& layout, int64_t begin, int64_t end, const uint8_t* signs, void* packed) {
  const CodeLayout& forward = layout.forward;
  const CodeLayout& backward = layout.backward;
  const int64_t inputs = forward.inputs;
  thread_local std::vector<uint8_t> code, of_tap;
  code.resize(static_cast<size_t>(std::max(forward.chunks * kChunk, inputs)));
  if (layout.taps > 1) of_tap.resize(static_cast<size_t>((end - begin) * inputs));
  for (int64_t tap = 0; tap < layout.taps; ++tap) {
    const uint8_t* rows = signs;
    if (layout.taps > 1) {
      for (int64_t i = 0; i < (end - begin) * inputs; ++i)
        of_tap[static_cast<size_t>(i)] = signs[i * layout.taps + tap];
      rows = of_tap.data();
    }
    uint16_t* const forward_codes = layout.forward_codes(packed, tap);
    for (int64_t row = begin; row < end; ++row)
      pack_forward(forward, row, rows + (row - begin) * inputs, code.data(), forward_codes);
    uint16_t* const backward_codes = layout.backward_codes(packed, tap);
    for (int64_t row = begin; row < end; row += backward.bits) {
      pack_backward(backward, row / backward.bits, rows + (row - begin) * inputs,
                    std::min<int64_t>(backward.bits, end - row), inputs, code.data(), backward_codes);
    }
  }
}

void unpack(const PackedLayout& layout, const void* packed, int64_t first, int64_t count, float* weights) {
  const CodeLayout& forward = layout.forward;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t tap = (first + i) % layout.taps;
    const int64_t input = (first + i) / layout.taps % forward.inputs;
    const int64_t output = (first + i) / layout.taps / forward.inputs;
    const uint16_t* const codes = layout.forward_codes(packed, tap);
    const int64_t code = codes[forward.place(input % forward.groups, output)] / kEntryBytes;
    weights[i] = (code >> (input / forward.groups) & 1) != 0 ? 1.0f : -1.0f;
  }
}

}  // namespace bayesbinn::BAYESBINN_ISA
