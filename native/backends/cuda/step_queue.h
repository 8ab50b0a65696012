// Steps of training on one stream. The first step of a form is queued op by op, so that its kernels are loaded and its
// memory is there; the second is recorded as a graph, which all further ones replay.
#pragma once

#include <map>

#include "backends/cuda/device/queued_step.h"
#include "backends/cuda/driver/graph.h"
#include "backends/cuda/driver/memory.h"
#include "backends/cuda/driver/pinned.h"
#include "backends/step_queue.h"

namespace bayesbinn::cuda {

class CudaBackend;

// The rows of the steps that were queued together become the step at hand one after the other.
struct QueueParameters {
  QueuedStep* current;
  uint32_t* scalars;            // of the step at hand
  const QueuedStep* rows;       // [steps]
  const uint32_t* row_scalars;  // [steps][scalar_words]
  uint32_t scalar_words;
  QueuedStep* results;  // [steps]
};

class CudaStepQueue final : public StepQueue {
 public:
  CudaStepQueue(CudaBackend& backend, bool graphs) : backend_(backend), graphs_(graphs) {}

  int64_t most_steps() const override { return kMostSteps; }
  void begin(const StepChunk& chunk) override;
  void step(const std::string& form, const std::function<void()>& issue) override;
  std::vector<StepResult> finish() override;
  void abandon() noexcept override;

  // Memory that recorded graphs may know is gone: they are recorded anew.
  void forget_graphs() { stale_ = true; }

  // For kernels: the scalars of an optimizer in the step at hand; the epoch's samples; the maps and displacements of the
  // chunk, a batch after the other; and all that beginnings and ends of steps need.
  const void* scalars(uint32_t optimizer) const;
  const uint32_t* order() const { return static_cast<const uint32_t*>(order_.data()); }
  const AffineMap* maps() const { return static_cast<const AffineMap*>(maps_.data()); }
  const Displacement* displacements() const { return static_cast<const Displacement*>(displacements_.data()); }
  QueueParameters parameters() const;

 private:
  static constexpr int64_t kMostSteps = 256;

  // Takes memory for the chunk where there is too little; recorded graphs know only what was there before.
  void reserve(const StepChunk& chunk);
  void upload_rows(const StepChunk& chunk);
  void issue_between(const std::function<void()>& issue);
  void forget_forms();
  // A further step of a form.
  void replay(Graph& graph, const std::function<void()>& issue);
  bool record(Graph& graph, const std::function<void()>& issue);

  CudaBackend& backend_;
  bool graphs_;
  // [kMostSteps] each: rows and their scalars, as in `staging_`, which goes to the device in one piece; results.
  MemoryBlock rows_, results_, current_, order_, maps_, displacements_;
  PinnedBlock staging_, fetched_;
  int64_t optimizers_ = 0;
  uint64_t order_version_ = 0;
  int64_t queued_ = 0;
  std::map<std::string, Graph> forms_;  // of the steps that were issued; their graphs, once they are recorded
  bool stale_ = false;
  int failed_records_ = 0;
};

}  // namespace bayesbinn::cuda
