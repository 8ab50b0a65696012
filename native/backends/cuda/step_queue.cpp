#include "backends/cuda/step_queue.h"

#include <cstring>

#include "backends/cuda/cuda_backend.h"

namespace bayesbinn::cuda {
namespace {

// Forms that are remembered: each may hold a graph.
constexpr size_t kMostForms = 16;
// Of graphs, after which a session goes on without them.
constexpr int kMostFailedRecords = 8;
constexpr auto kStepBytes = static_cast<int64_t>(sizeof(QueuedStep));
constexpr auto kMapBytes = static_cast<int64_t>(sizeof(AffineMap));
constexpr auto kDisplacementBytes = static_cast<int64_t>(sizeof(Displacement));

}  // namespace

const void* CudaStepQueue::scalars(uint32_t optimizer) const {
  return static_cast<const char*>(current_.data()) + kStepBytes + optimizer * kScalarBytes;
}

QueueParameters CudaStepQueue::parameters() const {
  char* const current = static_cast<char*>(current_.data());
  const char* const rows = static_cast<const char*>(rows_.data());
  return {reinterpret_cast<QueuedStep*>(current),
          reinterpret_cast<uint32_t*>(current + kStepBytes),
          reinterpret_cast<const QueuedStep*>(rows),
          reinterpret_cast<const uint32_t*>(rows + kMostSteps * kStepBytes),
          static_cast<uint32_t>(optimizers_ * kScalarBytes / static_cast<int64_t>(sizeof(uint32_t))),
          static_cast<QueuedStep*>(results_.data())};
}

void CudaStepQueue::reserve(const StepChunk& chunk) {
  const auto grow = [&](MemoryBlock& block, int64_t bytes) {
    if (block.bytes() >= bytes) return;
    forms_.clear();
    block = MemoryBlock();
    block = MemoryBlock(*backend_.memory_, bytes);
  };
  // `fetched_` comes last: where it is there, all is.
  if (!fetched_.data() || optimizers_ != chunk.optimizers) {
    forms_.clear();
    fetched_ = PinnedBlock();
    optimizers_ = chunk.optimizers;
    const int64_t scalar_bytes = optimizers_ * kScalarBytes;
    const int64_t row_bytes = kMostSteps * (kStepBytes + scalar_bytes);
    rows_ = MemoryBlock(*backend_.memory_, row_bytes);
    current_ = MemoryBlock(*backend_.memory_, kStepBytes + scalar_bytes);
    results_ = MemoryBlock(*backend_.memory_, kMostSteps * kStepBytes);
    staging_ = PinnedBlock(*backend_.device_, row_bytes);
    fetched_ = PinnedBlock(*backend_.device_, kMostSteps * kStepBytes);
  }
  grow(order_, static_cast<int64_t>(chunk.order.size_bytes()));
  if (!chunk.maps.empty()) grow(maps_, kMostSteps * chunk.batch * kMapBytes);
  if (!chunk.displacements.empty()) grow(displacements_, kMostSteps * chunk.batch * kDisplacementBytes);
}

void CudaStepQueue::upload_rows(const StepChunk& chunk) {
  auto* const rows = reinterpret_cast<QueuedStep*>(staging_.data());
  for (int64_t i = 0; i < chunk.steps; ++i) {
    QueuedStep row = {};
    row.number = chunk.first_number + static_cast<uint32_t>(i);
    row.first_sample = static_cast<uint32_t>(chunk.first_sample + i * chunk.batch);
    row.share = 1 / static_cast<double>(chunk.weight_samples);
    rows[i] = row;
  }
  std::memcpy(staging_.data() + kMostSteps * kStepBytes, chunk.scalars.data(), chunk.scalars.size());
  backend_.upload(rows_.data(), staging_.data(), staging_.bytes());
}

void CudaStepQueue::begin(const StepChunk& chunk) {
  reserve(chunk);
  upload_rows(chunk);
  backend_.upload(maps_.data(), chunk.maps.data(), static_cast<int64_t>(chunk.maps.size()) * kMapBytes);
  backend_.upload(displacements_.data(), chunk.displacements.data(),
                  static_cast<int64_t>(chunk.displacements.size()) * kDisplacementBytes);
  if (order_version_ != chunk.order_version) {
    order_version_ = 0;
    backend_.upload(order_.data(), chunk.order.data(), static_cast<int64_t>(chunk.order.size_bytes()));
    order_version_ = chunk.order_version;
  }
  const QueuedStep first = {};
  backend_.upload(current_.data(), &first, kStepBytes);
  queued_ = 0;
  backend_.queued_ = static_cast<QueuedStep*>(current_.data());
}

void CudaStepQueue::issue_between(const std::function<void()>& issue) {
  backend_.queue_step_begin();
  issue();
  backend_.queue_step_end();
}

void CudaStepQueue::forget_forms() {
  if (queued_ > 0) backend_.synchronize();  // graphs that are gone may still be running
  forms_.clear();
  stale_ = false;
}

void CudaStepQueue::step(const std::string& form, const std::function<void()>& issue) {
  if (stale_ || (forms_.size() >= kMostForms && !forms_.contains(form))) forget_forms();
  if (graphs_ && forms_.contains(form)) {
    replay(forms_[form], issue);
  } else {
    issue_between(issue);
    if (stale_) forget_forms();
    forms_[form];
  }
  ++queued_;
}

void CudaStepQueue::replay(Graph& graph, const std::function<void()>& issue) {
  if (!graph && !record(graph, issue)) {
    issue_between(issue);
    return;
  }
  backend_.device_->make_current();
  graph.launch(backend_.stream_);
}

// Nothing was done where that fails: the step can be queued op by op, and the next of its form be tried again.
bool CudaStepQueue::record(Graph& graph, const std::function<void()>& issue) {
  try {
    graph = Graph(backend_.stream_, [&] { issue_between(issue); });
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cuda || backend_.device_->lost()) throw;
    if (++failed_records_ == kMostFailedRecords) graphs_ = false;
    return false;
  }
}

std::vector<StepResult> CudaStepQueue::finish() {
  backend_.queued_ = nullptr;
  backend_.download(fetched_.data(), results_.data(), queued_ * kStepBytes);
  std::vector<StepResult> results;
  for (int64_t i = 0; i < queued_; ++i) {
    QueuedStep step;
    std::memcpy(&step, fetched_.data() + i * kStepBytes, sizeof step);
    results.push_back(
        {step.loss, step.correct, static_cast<int64_t>(step.flips), step.not_finite != 0, step.halted == 0});
  }
  return results;
}

// What was queued may still read the memory of the queue; an error of the device has been reported already.
void CudaStepQueue::abandon() noexcept {
  backend_.queued_ = nullptr;
  try {
    backend_.synchronize();
  } catch (const Error&) {  // reported already, or of the same cause
  }
}

}  // namespace bayesbinn::cuda
