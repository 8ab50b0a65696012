// The state of a model at some moment, in the memory of the host: kept once, overwritten in place, readable at any
// time.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/shape.h"

namespace bayesbinn {

struct TensorLayout {
  std::string name;
  Shape shape;
};

// Values of a tensor of `count` from `first` on: ERR_OPTION_RANGE, ERR_SHAPE_MISMATCH where it has fewer.
void check_piece(const std::string& name, int64_t count, int64_t first, int64_t length);

// From any thread.
class StateCopy {
 public:
  // The tensors that were kept; none before the first time.
  std::vector<TensorLayout> layout() const;
  int64_t bytes() const;
  // A piece of a tensor. ERR_OPTION_RANGE, ERR_SHAPE_MISMATCH.
  void read(const std::string& name, int64_t first, std::span<float> out) const;

  // Has `copy` write each tensor of `layout`, which is the same each time. ERR_OUT_OF_MEMORY, with nothing changed.
  void keep(const std::vector<TensorLayout>& layout, const std::function<void(size_t tensor, float* out)>& copy);
  // Has `copy` read each tensor. False where none was kept.
  bool give(const std::function<void(size_t tensor, const float* values)>& copy) const;

 private:
  struct Tensor {
    TensorLayout layout;
    std::vector<float> values;
  };

  mutable std::mutex mutex_;
  std::vector<Tensor> tensors_;
  bool filled_ = false;
};

}  // namespace bayesbinn
