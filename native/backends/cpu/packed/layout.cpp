#include "backends/cpu/packed/layout.h"

#include "base/ceil_divide.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// A group's table costs 2^bits additions and saves the more the larger it is and the more outputs read it. Measured:
// six bits win from about a hundred outputs on; seven and more leave room for too few groups in the cache.
int bits_for(int64_t outputs) { return outputs < 96 ? 4 : 6; }

CodeLayout code_layout(int64_t outputs, int64_t inputs, bool members_apart) {
  CodeLayout layout;
  layout.outputs = outputs;
  layout.inputs = inputs;
  layout.bits = bits_for(outputs);
  layout.groups = ceil_divide(inputs, layout.bits);
  layout.chunks = ceil_divide(layout.groups, kChunk);
  layout.group_step = members_apart ? 1 : layout.bits;
  layout.member_step = members_apart ? layout.groups : 1;
  return layout;
}

}  // namespace

PackedLayout::PackedLayout(const PackedShape& shape)
    : taps(shape.taps),
      forward(code_layout(shape.outputs, shape.inputs, true)),
      backward(code_layout(shape.inputs, shape.outputs, false)) {}

}  // namespace bayesbinn::BAYESBINN_ISA
