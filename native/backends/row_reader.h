// Rows of host memory, read into activations a batch after the other; the memory must stay as it is.
#pragma once

#include <cstdint>

namespace bayesbinn {

struct Tensor;

class RowReader {
 public:
  virtual ~RowReader() = default;
  // Reads the next batch; the number of its rows.
  virtual int64_t read(Tensor out) = 0;
  // A good moment to bring the batch after it to the device, which has been given work.
  virtual void prefetch() {}
};

}  // namespace bayesbinn
