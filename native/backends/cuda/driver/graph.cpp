#include "backends/cuda/driver/graph.h"

namespace bayesbinn::cuda {

Graph::Graph(StreamHandle stream, const std::function<void()>& work) {
  GraphHandle graph = nullptr;
  BB_CUDA(api().stream_begin_capture(stream, kCaptureThreadLocal));
  try {
    work();
  } catch (...) {
    api().stream_end_capture(stream, &graph);
    if (graph) api().graph_destroy(graph);
    throw;
  }
  BB_CUDA(api().stream_end_capture(stream, &graph));
  const Result made = api().graph_instantiate(&executable_, graph, 0);
  api().graph_destroy(graph);
  BB_CUDA(made);
}

Graph::~Graph() {
  if (executable_) api().graph_exec_destroy(executable_);
}

}  // namespace bayesbinn::cuda
