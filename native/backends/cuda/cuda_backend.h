// The op table on a CUDA device.
//
// Layout: as on the CPU, samples innermost. A tensor is [features][batch_stride(batch)], so that copies of 16 bytes are
// aligned whatever a convolution's taps are, and neighbouring threads read neighbouring samples. Entries beyond the batch
// hold no meaning.
//
// Packed weights are a flat array of bits in the weights' own order: weight i of a segment is bit i % 32 of word i / 32,
// set for +1. Bits beyond the last weight are 0.
//
// Every op is queued on one stream and returns at once, but those that give something to the host, which wait for it. A
// file of ops/ has kernels, and after them the functions that launch them: nvcc compiles it for the device, and the
// compiler of the host for the host, each of which reads its part.
//
// Sums are fixed trees over blocks that depend on the shapes alone, and no floating-point number is added atomically:
// results are the same bits in every run.
#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "backends/backend.h"
#include "backends/cuda/device/layout.h"
#include "backends/cuda/device/queued_maps.h"
#include "backends/cuda/device/queued_step.h"
#include "backends/cuda/driver/launch.h"
#include "backends/cuda/driver/memory.h"
#include "backends/cuda/row_staging.h"
#include "backends/cuda/step_queue.h"

namespace bayesbinn::cuda {

struct RowCopy;

// What temporary memory is for; each use has its own, which lasts until it is asked for again with another size.
enum class ScratchUse {
  partial_sums,
  sums,
  gradient,
  channel_gradients,
  indices,
  maps,
  displacements,
  host_values,
  counts,
  outcome,
  product,
};

class CudaBackend final : public Backend {
 public:
  CudaBackend(std::shared_ptr<Device> device, const CudaOptions& options);
  ~CudaBackend() override;

  // ranges.cpp: NVTX, where the build found its header
  void begin_range(const char* name) override;
  void end_range() noexcept override;

  StepQueue* step_queue() override { return queue_.get(); }

  std::string instruction_set() const override;

  // memory.cpp
  void* allocate(int64_t bytes) override;
  void* allocate_samples(int64_t bytes) override;
  void release(void* memory) noexcept override;
  void upload(void* device, const void* host, int64_t bytes) override;
  void download(void* host, const void* device, int64_t bytes) override;
  void copy(void* to, const void* from, int64_t bytes) override;
  std::optional<DeviceMemory> device_memory() const override;

  // ops/ceilings.cu
  double queue_matrix_instructions(int64_t rounds);

  // ops/queue.cu
  void commit(void* to, const void* from, int64_t bytes) override;

  // ops/batches.cu
  int64_t activation_bytes(int64_t features, int64_t batch) const override;
  void import_rows(const float* host, Tensor out, int64_t batch) override;
  std::unique_ptr<RowReader> read_rows(const float* host, int64_t rows, int64_t features, int64_t batch) override;
  void export_rows(Tensor in, float* host, int64_t batch) override;
  void gather(const DeviceDataset& data, const uint32_t* host_indices, int64_t batch, Tensor out,
              void* targets) override;
  void import_targets(const void* host, bool labels, int64_t width, int64_t batch, void* targets) override;
  int64_t target_bytes(bool labels, int64_t width, int64_t batch) const override;

  // ops/resampling.cu
  void gather_resampled(const DeviceDataset& data, const uint32_t* host_indices, int64_t batch,
                        const Resampling& resampling, Tensor out, void* targets) override;

  // ops/elementwise.cu
  void zero(Tensor out, int64_t batch) override;
  void copy(Tensor from, Tensor to, int64_t batch) override;
  void copy_part(const ImagePart& from, const ImagePart& to, const ImageShape& size, int64_t batch) override;
  void add(Tensor one, Tensor other, Tensor out, int64_t batch) override;
  void activate(Activation kind, Tensor x, Tensor y, int64_t batch) override;
  void activate_gradient(Activation kind, Tensor y, Tensor dy, Tensor dx, int64_t batch) override;

  // ops/product.cu
  void linear(const LinearShape& shape, const float* x, Weights weights, const float* bias, float* y) override;
  void linear_input_gradient(const LinearShape& shape, const float* dy, Weights weights, float* dx) override;
  void conv2d(const ConvShape& shape, const float* x, Weights weights, const float* bias, float* y) override;
  void conv2d_input_gradient(const ConvShape& shape, const float* dy, Weights weights, const float* bias,
                             float* dx) override;
  int64_t conv2d_scratch_bytes(const ConvShape& shape) const override;

  // ops/weight_gradient.cu
  void linear_weight_gradient(const LinearShape& shape, const float* dy, const float* x,
                              const GradientTarget& target) override;
  void conv2d_weight_gradient(const ConvShape& shape, const float* dy, const float* x,
                              const GradientTarget& target) override;
  // ops/bias_gradient.cu
  void bias_gradient(const ChannelBatch& shape, const float* dy, const GradientTarget& target) override;

  // ops/batch_norm.cu
  void batch_norm_train(const ChannelBatch& shape, const BatchNormParameters& parameters, const float* x, float* y,
                        float* mean, float* inverse_deviation, float* running_mean, float* running_variance) override;
  void batch_norm_eval(const ChannelBatch& shape, const BatchNormParameters& parameters, const float* x, float* y,
                       float* mean, float* inverse_deviation, const float* running_mean,
                       const float* running_variance) override;
  void batch_norm_gradient(const ChannelBatch& shape, const BatchNormParameters& parameters, bool batch_statistics,
                           const float* x, const float* y, const float* dy, const float* mean,
                           const float* inverse_deviation, float* dx, const GradientTarget& gain,
                           const GradientTarget& bias) override;

  // ops/pooling.cu
  int64_t winner_bytes(const PoolShape& shape) const override;
  void max_pool2d(const PoolShape& shape, const float* x, float* y, void* winners) override;
  void max_pool2d_gradient(const PoolShape& shape, const float* dy, const void* winners, float* dx) override;
  void average_pool2d(const PoolShape& shape, const float* x, float* y) override;
  void average_pool2d_gradient(const PoolShape& shape, const float* dy, float* dx) override;

  // ops/dropout.cu
  int64_t mask_bytes(int64_t flags, int64_t batch) const override;
  void import_dropout_mask(const uint8_t* host, int64_t flags, int64_t batch, void* mask) override;
  void dropout(const ChannelBatch& shape, const float* x, const void* mask, double rate, float* y) override;
  void draw_dropout(const Draw& draw, const ChannelBatch& shape, const float* x, double rate, void* mask,
                    float* y) override;

  // ops/losses.cu, and ops/predictions.cu: predictions
  LossSums loss(const LossCall& call) override;
  void predictions(int formula, bool link, ChannelShape shape, const float* outputs, int64_t batch,
                   float* host) override;
  LossSums loss_of_predictions(const LossCall& call, const float* host_predictions) override;

  // ops/weights.cu
  void materialize(const OptimizerPass& pass) override;
  void materialize_mode(const OptimizerPass& pass) override;
  void materialize_sample(const OptimizerPass& pass, const Noise& noise) override;
  int64_t packed_bytes(const PackedShape& shape) const override;
  void pack(const WeightSegment& segment, const float* values) override;
  void unpack(const WeightSegment& segment, float* host) override;
  void draw_uniform(const Draw& draw, int64_t first, int64_t count, float* out) override;
  // ops/update.cu
  void consume_gradient(const GradientTarget& target, int64_t offset, const float* gradient, int64_t count) override;
  // ops/histogram.cu
  void count_values(const OptimizerPass& pass, const Distribution& distribution, int64_t bins,
                    int64_t* counts) override;

 private:
  friend class CudaStepQueue;
  friend class RowStaging;
  friend class StagedRows;

  // ops/queue.cu
  void queue_step_begin();
  void queue_step_end();

  template <class Parameters>
  void run(const KernelName& name, const Grid& grid, const Parameters& parameters) {
    launch(*device_, stream_, name, grid, parameters);
  }
  // Device memory for a while: what was there is lost, and the next call with the same use may return the same.
  template <class T>
  T* scratch(ScratchUse use, int64_t count) {
    return static_cast<T*>(scratch_bytes(use, count * static_cast<int64_t>(sizeof(T))));
  }
  void* scratch_bytes(ScratchUse use, int64_t bytes);
  // Waits for all that was queued. ERR_CUDA where some of it failed.
  void synchronize();
  // What changes from step to step, for kernels: from the host with this launch or, while steps are queued, from the
  // queue.
  QueuedDraw draw_for(const Draw& draw, uint32_t steps_later = 0) const { return {draw, queued_, steps_later}; }
  QueuedScalars scalars_for(const OptimizerPass& pass) const;
  QueuedIndices indices_for(const uint32_t* host_indices, int64_t batch);
  QueuedMaps maps_for(const Resampling& resampling, int64_t batch);
  QueuedDisplacements displacements_for(const Resampling& resampling, int64_t batch);
  // ops/batches.cu
  void place_rows(const RowCopy& rows);
  RowCopy target_rows(const DeviceDataset& data, const QueuedIndices& indices, int64_t batch, void* targets) const;
  // ops/losses.cu: of predictions, whose rows are the call's outputs, or of outputs.
  LossSums sum_losses(const LossCall& call, bool of_predictions);

  std::shared_ptr<Device> device_;
  StreamHandle stream_ = nullptr;
  std::unique_ptr<MemoryCache> memory_;
  std::map<ScratchUse, MemoryBlock> scratch_;
  std::unordered_map<void*, PinnedBlock> samples_on_host_;
  Precision precision_;
  QueuedStep* queued_ = nullptr;  // null: steps are not queued
  std::unique_ptr<CudaStepQueue> queue_;
  std::unique_ptr<RowStaging> staging_;  // from the first use on
};

}  // namespace bayesbinn::cuda
