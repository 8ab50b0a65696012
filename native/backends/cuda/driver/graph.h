// A recorded piece of a stream's work.
#pragma once

#include <functional>
#include <utility>

#include "backends/cuda/driver/library.h"

namespace bayesbinn::cuda {

class Graph {
 public:
  Graph() = default;
  // Records what `work` puts into the stream, without doing it. ERR_CUDA where that cannot be recorded: calls of others in
  // the process, such as a wait for the whole device, may forbid it.
  Graph(StreamHandle stream, const std::function<void()>& work);
  Graph(Graph&& other) noexcept { *this = std::move(other); }
  Graph& operator=(Graph&& other) noexcept {
    std::swap(executable_, other.executable_);
    return *this;
  }
  ~Graph();

  explicit operator bool() const { return executable_ != nullptr; }
  void launch(StreamHandle stream) const { BB_CUDA(api().graph_launch(executable_, stream)); }

 private:
  GraphExecHandle executable_ = nullptr;
};

}  // namespace bayesbinn::cuda
