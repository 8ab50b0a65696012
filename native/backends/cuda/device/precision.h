// How products on tensor cores represent a float32: as a sum of bf16 terms, each of which has 8 bits of what the ones
// before it leave.
#pragma once

namespace bayesbinn::cuda {

// float32: three terms, 24 bits. bf16x2: two, 16 bits. bf16: one.
enum class Precision { float32, bf16x2, bf16 };

}  // namespace bayesbinn::cuda
