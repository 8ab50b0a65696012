// What the memory can do: a copy of arrays that no cache holds, cut among the threads.
#pragma once

#include <cstdint>
#include <memory>

#include "bench/timing.h"

namespace bayesbinn::bench {

class MemoryCopy {
 public:
  MemoryCopy();

  // Bytes count as read and as written.
  Contestant contestant(int threads) const;

 private:
  std::unique_ptr<char[]> from_, to_;
};

}  // namespace bayesbinn::bench
