// How a CUDA device computes.
#pragma once

#include <cstdint>

namespace bayesbinn {

// How products on tensor cores represent a float32: as a sum of bf16 terms, each of which has 8 bits of what the ones
// before it leave. float32: three terms, 24 bits. bf16x2: two, 16 bits. bf16: one. Devices without such instructions
// compute in float32 whatever is asked for.
enum class Precision { float32, bf16x2, bf16 };

struct CudaOptions {
  Precision precision;
  bool graphs;           // training steps are replayed as graphs
  int64_t memory_limit;  // bytes of device memory that a session may take; 0: no limit

  template <class Visitor>
  void visit(Visitor& v) {
    v.choice("precision", precision,
             {{"float32", Precision::float32}, {"bf16x2", Precision::bf16x2}, {"bf16", Precision::bf16}});
    v.flag("graphs", graphs);
    v.number("memoryLimit", memory_limit, {0, 9007199254740991.0, false, false, true});
  }
};

}  // namespace bayesbinn
