#include "bench/list.h"

// name, function
#define BAYESBINN_BENCHMARKS(X) \
  X("products", products)       \
  X("posterior", posterior)     \
  X("convolutions", convolutions)

namespace bayesbinn::bench {

#define BAYESBINN_DECLARE(name, function) void function(const Settings&, Report&);
BAYESBINN_BENCHMARKS(BAYESBINN_DECLARE)
#undef BAYESBINN_DECLARE

std::span<const Benchmark> benchmarks() {
#define BAYESBINN_ENTRY(name, function) {name, function},
  static const Benchmark list[] = {BAYESBINN_BENCHMARKS(BAYESBINN_ENTRY)};
#undef BAYESBINN_ENTRY
  return list;
}

}  // namespace bayesbinn::bench
