// The op table on the CPU. This class and everything in its namespace is compiled once for each instruction set;
// `make_cpu_backend` chooses at run time.
//
// Layout: samples innermost, [features][batch_stride(batch)], see batch_stride.h.
//
// Work is cut into blocks that depend on the shapes alone, and sums are fixed trees: results are the same bits for any
// number of threads.
#pragma once

#include "backends/backend.h"
#include "backends/cpu/batch_stride.h"
#include "backends/cpu/thread_pool.h"

namespace bayesbinn::BAYESBINN_ISA {

struct CodeLayout;
struct Walk;

class CpuBackend final : public Backend {
 public:
  CpuBackend(std::string instruction_set, int threads)
      : instruction_set_(std::move(instruction_set)), threads_(threads) {}

  std::string instruction_set() const override { return instruction_set_; }

  // memory.cpp
  void* allocate(int64_t bytes) override;
  void release(void* memory) noexcept override;
  void upload(void* device, const void* host, int64_t bytes) override;
  void download(void* host, const void* device, int64_t bytes) override;
  void copy(void* to, const void* from, int64_t bytes) override;

  // batches.cpp
  int64_t activation_bytes(int64_t features, int64_t batch) const override;
  void import_rows(const float* host, Tensor out, int64_t batch) override;
  std::unique_ptr<RowReader> read_rows(const float* host, int64_t rows, int64_t features, int64_t batch) override;
  void export_rows(Tensor in, float* host, int64_t batch) override;
  void gather(const DeviceDataset& data, const uint32_t* host_indices, int64_t batch, Tensor out,
              void* targets) override;
  void import_targets(const void* host, bool labels, int64_t width, int64_t batch, void* targets) override;
  int64_t target_bytes(bool labels, int64_t width, int64_t batch) const override;

  // resampling.cpp
  void gather_resampled(const DeviceDataset& data, const uint32_t* host_indices, int64_t batch,
                        const Resampling& resampling, Tensor out, void* targets) override;

  // linear.cpp
  void linear(const LinearShape& shape, const float* x, Weights weights, const float* bias, float* y) override;
  void linear_input_gradient(const LinearShape& shape, const float* dy, Weights weights, float* dx) override;
  void linear_weight_gradient(const LinearShape& shape, const float* dy, const float* x,
                              const GradientTarget& target) override;
  void bias_gradient(const ChannelBatch& shape, const float* dy, const GradientTarget& target) override;

  // convolution.cpp
  void conv2d(const ConvShape& shape, const float* x, Weights weights, const float* bias, float* y) override;
  void conv2d_input_gradient(const ConvShape& shape, const float* dy, Weights weights, const float* bias,
                             float* dx) override;
  int64_t conv2d_scratch_bytes(const ConvShape& shape) const override;
  // convolution_weight_gradient.cpp
  void conv2d_weight_gradient(const ConvShape& shape, const float* dy, const float* x,
                              const GradientTarget& target) override;

  // batch_norm.cpp
  void batch_norm_train(const ChannelBatch& shape, const BatchNormParameters& parameters, const float* x, float* y,
                        float* mean, float* inverse_deviation, float* running_mean, float* running_variance) override;
  void batch_norm_eval(const ChannelBatch& shape, const BatchNormParameters& parameters, const float* x, float* y,
                       float* mean, float* inverse_deviation, const float* running_mean,
                       const float* running_variance) override;
  void batch_norm_gradient(const ChannelBatch& shape, const BatchNormParameters& parameters, bool batch_statistics,
                           const float* x, const float* y, const float* dy, const float* mean,
                           const float* inverse_deviation, float* dx, const GradientTarget& gain,
                           const GradientTarget& bias) override;

  // pooling.cpp
  int64_t winner_bytes(const PoolShape& shape) const override;
  void max_pool2d(const PoolShape& shape, const float* x, float* y, void* winners) override;
  void max_pool2d_gradient(const PoolShape& shape, const float* dy, const void* winners, float* dx) override;
  void average_pool2d(const PoolShape& shape, const float* x, float* y) override;
  void average_pool2d_gradient(const PoolShape& shape, const float* dy, float* dx) override;

  // parts.cpp
  void zero(Tensor out, int64_t batch) override;
  void copy(Tensor from, Tensor to, int64_t batch) override;
  void copy_part(const ImagePart& from, const ImagePart& to, const ImageShape& size, int64_t batch) override;

  // elementwise.cpp
  void add(Tensor one, Tensor other, Tensor out, int64_t batch) override;
  void activate(Activation kind, Tensor x, Tensor y, int64_t batch) override;
  void activate_gradient(Activation kind, Tensor y, Tensor dy, Tensor dx, int64_t batch) override;

  // dropout.cpp
  int64_t mask_bytes(int64_t flags, int64_t batch) const override;
  void draw_dropout(const Draw& draw, const ChannelBatch& shape, const float* x, double rate, void* mask,
                    float* y) override;
  void import_dropout_mask(const uint8_t* host, int64_t flags, int64_t batch, void* mask) override;
  void dropout(const ChannelBatch& shape, const float* x, const void* mask, double rate, float* y) override;

  // losses.cpp
  LossSums loss(const LossCall& call) override;
  void predictions(int formula, bool link, ChannelShape shape, const float* outputs, int64_t batch,
                   float* host) override;
  LossSums loss_of_predictions(const LossCall& call, const float* host_predictions) override;

  // optimizers.cpp
  void materialize(const OptimizerPass& pass) override;
  void materialize_mode(const OptimizerPass& pass) override;
  void materialize_sample(const OptimizerPass& pass, const Noise& noise) override;
  void consume_gradient(const GradientTarget& target, int64_t offset, const float* gradient, int64_t count) override;
  void draw_uniform(const Draw& draw, int64_t first, int64_t count, float* out) override;
  int64_t packed_bytes(const PackedShape& shape) const override;
  void pack(const WeightSegment& segment, const float* values) override;
  void unpack(const WeightSegment& segment, float* host) override;

  // histogram.cpp
  void count_values(const OptimizerPass& pass, const Distribution& distribution, int64_t bins,
                    int64_t* counts) override;

 private:
  // batches.cpp
  void place_targets(const void* host, const uint32_t* indices, bool labels, int64_t width, const CentreCut& cut,
                     int64_t batch, void* targets);
  void gather_targets(const DeviceDataset& data, const uint32_t* host_indices, int64_t batch, void* targets);

  // packed/linear.cpp
  void packed_product(const CodeLayout& layout, const uint16_t* codes, const float* x, const float* bias, int64_t batch,
                      float* y);

  // convolution.cpp
  void dense_convolution(const Walk& walk, const PackedShape& weights, const float* values, const float* x,
                         const float* bias, int64_t batch, float* y);

  // convolution_weight_gradient.cpp
  double weight_gradient_floats(const ConvShape& shape) const;

  // packed/convolution.cpp
  // y: targets of the walk from x, its sources; bias: one value an output, or null.
  void packed_convolution(const Walk& walk, const CodeLayout& layout, const uint16_t* codes, const float* x,
                          const float* bias, int64_t batch, float* y);

  // optimizers.cpp
  template <class Signs>
  void pack_segment(const WeightSegment& segment, Signs&& signs);
  template <class Values>
  void fill_segment(const WeightSegment& segment, Values&& values);
  // consume_gradient in parts: whether the update draws the weights of the next step; if so space for their signs, of
  // the thread that asks; gradients of a span of weights, with signs, if not null, for those; and all signs of whole
  // blocks of rows into the weights. prefetch_span: this span's latent weights are wanted soon.
  static bool draws_next(const GradientTarget& target);
  static uint8_t* sign_space(int64_t count);
  static void consume_span(const GradientTarget& target, int64_t offset, const float* gradient, int64_t count,
                           uint8_t* signs);
  static void prefetch_span(const GradientTarget& target, int64_t offset, int64_t count);
  static void place_signs(const GradientTarget& target, int64_t offset, int64_t count, const uint8_t* signs);

  // Calls task(begin, end) for blocks of `block` of [0, count).
  template <class Task>
  void in_blocks(int64_t count, int64_t block, Task&& task) {
    ThreadPool::instance().for_each((count + block - 1) / block, threads_, [&](int64_t i) {
      const int64_t end = (i + 1) * block;
      task(i * block, end < count ? end : count);
    });
  }

  std::string instruction_set_;
  int threads_;
};

}  // namespace bayesbinn::BAYESBINN_ISA
