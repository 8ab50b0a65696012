// From signs to codes and back.
#pragma once

#include "backends/cpu/packed/layout.h"

namespace bayesbinn::BAYESBINN_ISA {

// How many rows of weights to pack at once, about `wanted`: whole groups of the input gradient, and where they are many
// whole chunks, so that threads do not write to the same cache lines.
int64_t pack_rows_near(const PackedLayout& layout, int64_t wanted);

// Codes of the rows (outputs) begin..end, in blocks as above. signs: [end - begin][inputs * taps], 0xff for +1 and 0
// for -1.
void pack_rows(const PackedLayout& layout, int64_t begin, int64_t end, const uint8_t* signs, void* packed);

// weights[i]: that of place first + i in [outputs][inputs][taps].
void unpack(const PackedLayout& layout, const void* packed, int64_t first, int64_t count, float* weights);

}  // namespace bayesbinn::BAYESBINN_ISA
