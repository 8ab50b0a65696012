#include "backends/cpu/packed/pack.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// code[i] |= bit where signs[i]
void add_member(const uint8_t* __restrict signs, int64_t count, int member, uint8_t* __restrict code) {
  const auto bit = static_cast<uint8_t>(1 << member);
  for (int64_t i = 0; i < count; ++i) code[i] = static_cast<uint8_t>(code[i] | (signs[i] & bit));
}

// One row of one tap: the codes of all groups for one output.
void pack_forward(const CodeLayout& layout, int64_t output, const uint8_t* signs, uint8_t* code, uint16_t* codes) {
  std::fill_n(code, layout.chunks * kChunk, uint8_t{0});
  for (int k = 0; k < layout.bits; ++k) {
    const int64_t first = k * layout.member_step;
    add_member(signs + first, std::clamp<int64_t>(layout.inputs - first, 0, layout.groups), k, code);
  }
  for (int64_t chunk = 0; chunk < layout.chunks; ++chunk) {
    uint16_t* __restrict out = codes + (chunk * layout.outputs + output) * kChunk;
    for (int64_t c = 0; c < kChunk; ++c) out[c] = static_cast<uint16_t>(code[chunk * kChunk + c] * kEntryBytes);
  }
}

// Up to `bits` rows of one tap: the codes of one group for all outputs of the input gradient.
void pack_backward(const CodeLayout& layout, int64_t group, const uint8_t* signs, int64_t rows, int64_t row_bytes,
                   uint8_t* code, uint16_t* codes) {
  std::fill_n(code, layout.outputs, uint8_t{0});
  for (int k = 0; k < rows; ++k) add_member(signs + k * row_bytes, layout.outputs, k, code);
  uint16_t* __restrict out = codes + layout.place(group, 0);
  for (int64_t i = 0; i < layout.outputs; ++i) out[i * kChunk] = static_cast<uint16_t>(code[i] * kEntryBytes);
}

}  // namespace

int64_t pack_rows_near(const PackedLayout& layout, int64_t wanted) {
  const int64_t unit = layout.backward.bits * kChunk;
  return std::max<int64_t>(1, wanted / unit) * unit;
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
