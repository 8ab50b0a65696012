#include "core/state_copy.h"

#include <algorithm>

#include "base/error.h"
#include "base/memory.h"
#include "base/value.h"

namespace bayesbinn {

void check_piece(const std::string& name, int64_t count, int64_t first, int64_t length) {
  if (first < 0 || first > count) {
    throw Error(ErrorCode::option_range, "first: " + std::to_string(first) + " given, accepted: 0 to the " +
                                             std::to_string(count) + " values of " + quoted(name));
  }
  if (length > count - first) {
    throw Error(ErrorCode::shape_mismatch, "into: " + std::to_string(length) + " values given, accepted: at most the " +
                                               std::to_string(count - first) + " left of " + quoted(name));
  }
}

std::vector<TensorLayout> StateCopy::layout() const {
  const std::lock_guard lock(mutex_);
  std::vector<TensorLayout> list;
  for (const Tensor& tensor : tensors_) list.push_back(tensor.layout);
  return list;
}

int64_t StateCopy::bytes() const {
  const std::lock_guard lock(mutex_);
  size_t total = 0;
  for (const Tensor& tensor : tensors_) total += tensor.values.size() * sizeof(float);
  return static_cast<int64_t>(total);
}

void StateCopy::read(const std::string& name, int64_t first, std::span<float> out) const {
  const std::lock_guard lock(mutex_);
  const auto at =
      std::find_if(tensors_.begin(), tensors_.end(), [&](const Tensor& tensor) { return tensor.layout.name == name; });
  if (at == tensors_.end()) throw Error(ErrorCode::option_range, "tensor " + quoted(name) + ": none was kept");
  check_piece(name, static_cast<int64_t>(at->values.size()), first, static_cast<int64_t>(out.size()));
  std::copy_n(at->values.begin() + first, out.size(), out.begin());
}

void StateCopy::keep(const std::vector<TensorLayout>& layout,
                     const std::function<void(size_t tensor, float* out)>& copy) {
  std::vector<Tensor> fresh;
  if (!filled_) {  // only this call changes it
    int64_t values = 0;
    for (const TensorLayout& tensor : layout) values += element_count(tensor.shape);
    require_memory("copy of the weights", values * static_cast<int64_t>(sizeof(float)));
    for (const TensorLayout& tensor : layout)
      fresh.push_back({tensor, std::vector<float>(static_cast<size_t>(element_count(tensor.shape)))});
  }
  const std::lock_guard lock(mutex_);
  if (!filled_) tensors_ = std::move(fresh);
  filled_ = true;
  for (size_t i = 0; i < tensors_.size(); ++i) copy(i, tensors_[i].values.data());
}

bool StateCopy::give(const std::function<void(size_t tensor, const float* values)>& copy) const {
  const std::lock_guard lock(mutex_);
  for (size_t i = 0; i < tensors_.size(); ++i) copy(i, tensors_[i].values.data());
  return filled_;
}

}  // namespace bayesbinn
