// Where a queued step begins and ends, and what its end commits.
#include "backends/cuda/cuda_backend.h"
#include "backends/cuda/device/kernel.h"

namespace bayesbinn::cuda {

struct CommitParameters {
  const uint32_t* from;
  uint32_t* to;
  int64_t words;
  const QueuedStep* queued;
};

#ifdef __CUDACC__

// One block. `position` counts on from what the host or the step before left; `halted` stays.
BB_KERNEL(kThreads) step_begin_kernel(const QueueParameters p) {
  const uint32_t position = p.current->position;
  const uint32_t* const from = p.row_scalars + static_cast<int64_t>(position) * p.scalar_words;
  for (uint32_t i = threadIdx.x; i < p.scalar_words; i += blockDim.x) p.scalars[i] = from[i];
  __syncthreads();
  if (threadIdx.x != 0) return;
  QueuedStep step = p.rows[position];
  step.position = position;
  step.halted = p.current->halted;
  *p.current = step;
}

// One thread.
BB_KERNEL(1) step_end_kernel(const QueueParameters p) {
  QueuedStep step = *p.current;
  p.results[step.position] = step;
  ++step.position;
  if (step.not_finite) step.halted = 1;
  *p.current = step;
}

BB_KERNEL(kThreads) commit_kernel(const CommitParameters p) {
  const int64_t i = thread_index();
  if (i < p.words && !halted(p.queued)) p.to[i] = p.from[i];
}

#else

void CudaBackend::commit(void* to, const void* from, int64_t bytes) {
  if (!queued_) return copy(to, from, bytes);
  const int64_t words = bytes / static_cast<int64_t>(sizeof(uint32_t));
  run({"queue", "commit_kernel"}, {ceil_divide(words, kThreads), kThreads},
      CommitParameters{static_cast<const uint32_t*>(from), static_cast<uint32_t*>(to), words, queued_});
}

void CudaBackend::queue_step_begin() { run({"queue", "step_begin_kernel"}, {1, kThreads}, queue_->parameters()); }

void CudaBackend::queue_step_end() { run({"queue", "step_end_kernel"}, {1, 1}, queue_->parameters()); }

#endif

}  // namespace bayesbinn::cuda
