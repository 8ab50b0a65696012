// The op table: everything that layers, losses and optimizers need of a device. A backend implements each op once.
//
// Tensors of activations are opaque: their layout is the backend's own. `import_rows` and `export_rows` convert to
// and from row-major host memory, one sample a row, images as channels, rows, columns. Weights are [out, in]
// row-major. Pointers named float* are device memory of this backend.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/device_memory.h"
#include "backends/devices.h"
#include "backends/profile.h"
#include "backends/row_reader.h"
#include "backends/step_queue.h"
#include "base/centre_cut.h"
#include "base/conv_shape.h"
#include "base/displacement.h"
#include "base/philox.h"
#include "base/pool_shape.h"
#include "base/resampling.h"
#include "optimizers/formula.h"

namespace bayesbinn {

// Activations of a batch: `features` values a sample.
struct Tensor {
  float* data = nullptr;
  int64_t features = 0;
};

enum class Activation { relu, tanh };

// Channels of an activation, each with `spatial` positions; features = channels * spatial.
struct ChannelShape {
  int64_t channels;
  int64_t spatial;
};

// Images of a batch; a vector has one row and one column.
struct ImageShape {
  int64_t channels, rows, columns;
};

// Where a part of images begins.
struct ImagePart {
  float* data;
  ImageShape shape;  // of the whole images
  int64_t channel = 0, row = 0, column = 0;
};

// Uniform noise of the weights: recorded values, or draws at an address where `recorded` is null.
struct Noise {
  const float* recorded;
  Draw draw;
};

// Binary weights [outputs, inputs, taps] that a backend can keep as bits, one matrix a tap.
struct PackedShape {
  int64_t outputs, inputs, taps;
};

// Materialised weights: float32, or signs in the backend's packed arrangement. One of the two is there.
struct Weights {
  const float* values = nullptr;
  const void* packed = nullptr;
};

// A parameter's part of an optimizer's arrays, and its materialised weights.
struct WeightSegment {
  int64_t first, count;
  float* values = nullptr;
  void* packed = nullptr;  // in use where the pass is packed; null: has values only
  PackedShape shape = {};
};

// The arrays of one optimizer and its state of affairs within a step.
struct OptimizerPass {
  uint32_t index;    // among the session's optimizers
  int formula;       // position in Optimizers
  const void* step;  // the formula's Step
  int64_t count;     // weights
  float* latent;
  std::array<float*, kMaxSlots> slots;        // null: constant
  std::array<float, kMaxSlots> absent_slots;  // that constant
  float* pulled_back;                         // sum over the weight samples; null with one sample a step
  Noise noise;
  // Noise from materializing to the pullback, where both need it; null: formed anew. What settled blocks leave here is
  // from earlier steps: drawn noise too, which changes no settled weight either.
  float* kept_noise;
  int64_t sample, samples;
  bool update;  // false: gradients are only stored
  std::span<const WeightSegment> segments;
  bool packed;       // weights are signs, in bits where a segment has room for them
  const Draw* next;  // with the update also the weights of the next step are materialised, by this noise; null: not
  std::atomic<bool>* not_finite;  // set where an update gave a weight or state that is no finite number
  std::atomic<int64_t>* flips;    // binary weights whose mode an update changes are added; null: not
};

// Where the gradient of a parameter goes: blocks are consumed as they are produced, so that no gradient of full
// size need exist.
struct GradientTarget {
  const OptimizerPass* pass = nullptr;
  const WeightSegment* segment = nullptr;  // of the pass
  float* store = nullptr;                  // also kept here, [samples][count of the pass], if not null
};

struct LinearShape {
  int64_t batch, in, out;
};

// A batch of activations seen as channels.
struct ChannelBatch {
  int64_t batch;
  ChannelShape shape;
};

// One value a channel each; gain and bias may be null (1 and 0).
struct BatchNormParameters {
  const float* gain;
  const float* bias;
  double epsilon;
  double momentum;
  bool relu;  // y = max(., 0) of what is normalised
};

// Samples of a dataset in device memory.
struct DeviceDataset {
  const void* inputs;  // [length][features], bytes or floats
  bool bytes;
  const float* byte_table;  // bytes: [table_rows][256]
  const float* scale;       // floats: value * scale + shift, table_rows entries each
  const float* shift;
  int64_t table_rows;   // channels, or 1 for all
  const void* targets;  // int32 or float [length][target_width]
  bool labels;
  int64_t target_width;
  CentreCut target_cut;  // what a batch takes of targets that are stored on a larger grid than its own
  ChannelShape shape;
  const uint32_t* permutation;  // of features: which stored one `gather` puts at each place; null: as stored
};

// How the images of a batch are resampled, and with them targets that have a value a pixel (and channel). Maps lie on the
// host, one a sample, and go from places in the batch's images to places in the stored ones, after a displacement where
// there are displacements. Targets, of the batch and stored, have the centre of the images, so that the same holds for
// them. Images are interpolated linearly between pixels, targets are taken from the nearest; both are exact where a map is
// `onto_pixels` and nothing is displaced.
struct Resampling {
  Grid image;
  const AffineMap* maps;
  Fill fill;                          // beyond the edges of an image; targets are mirrored there
  TargetGrids target;                 // of no size: targets stay as they are
  const Displacement* displacements;  // one a sample; null: none
};

struct LossCall {
  int formula;              // position in Losses
  const double* constants;  // the formula's, of its options; null: it has none
  int64_t batch;
  ChannelShape shape;  // of the outputs
  const float* outputs;
  const void* targets;  // as gathered: int32 [spatial][batch] or float, in the backend's layout
  float* gradient;      // d mean loss / d outputs; may be null
};

// Sums over the batch of each sample's mean over positions.
struct LossSums {
  double loss;
  double correct;
};

class Backend {
 public:
  virtual ~Backend() = default;

  // Ops add their times.
  Profile profile;

  // Name a stretch of the host's work for a profiler of the device, one within the other; see NamedRange.
  virtual void begin_range(const char*) {}
  virtual void end_range() noexcept {}

  // ---- memory -----------------------------------------------------------------------------------------------------
  virtual std::string instruction_set() const = 0;
  virtual void* allocate(int64_t bytes) = 0;  // 64-byte aligned, zeroed; ERR_OUT_OF_MEMORY
  // For a data set's samples, of which `gather` reads a batch at a time: where the device has little memory, the host's.
  virtual void* allocate_samples(int64_t bytes) { return allocate(bytes); }
  virtual void release(void* memory) noexcept = 0;
  virtual void upload(void* device, const void* host, int64_t bytes) = 0;
  virtual void download(void* host, const void* device, int64_t bytes) = 0;
  virtual void copy(void* to, const void* from, int64_t bytes) = 0;
  // Nothing where device memory is that of the host.
  virtual std::optional<DeviceMemory> device_memory() const { return {}; }
  // A copy that belongs to the end of a step: not made where a queued step went wrong.
  virtual void commit(void* to, const void* from, int64_t bytes) { copy(to, from, bytes); }
  // Null: steps are done one by one, and each op has been carried out where it returns.
  virtual StepQueue* step_queue() { return nullptr; }

  // ---- activations ------------------------------------------------------------------------------------------------
  // Bytes of a tensor for up to `batch` samples.
  virtual int64_t activation_bytes(int64_t features, int64_t batch) const = 0;
  virtual void import_rows(const float* host, Tensor out, int64_t batch) = 0;
  // Of `rows` rows in all, `batch` at a time.
  virtual std::unique_ptr<RowReader> read_rows(const float* host, int64_t rows, int64_t features, int64_t batch) = 0;
  virtual void export_rows(Tensor in, float* host, int64_t batch) = 0;
  // Normalised inputs and targets of `batch` samples; `targets` may be null. A feature is normalised by the row of the
  // stored one that it is.
  virtual void gather(const DeviceDataset& data, const uint32_t* host_indices, int64_t batch, Tensor out,
                      void* targets) = 0;
  // The same with resampled images: inputs are [channels, rows, columns], and normalised by channel or all alike, and
  // features are as stored.
  virtual void gather_resampled(const DeviceDataset& data, const uint32_t* host_indices, int64_t batch,
                                const Resampling& resampling, Tensor out, void* targets) = 0;
  // Targets given row-major on the host, in the layout that `loss` reads.
  virtual void import_targets(const void* host, bool labels, int64_t width, int64_t batch, void* targets) = 0;
  virtual int64_t target_bytes(bool labels, int64_t width, int64_t batch) const = 0;
  // out = one + other; out may be either.
  virtual void add(Tensor one, Tensor other, Tensor out, int64_t batch) = 0;
  virtual void zero(Tensor out, int64_t batch) = 0;
  // All values, of as many features.
  virtual void copy(Tensor from, Tensor to, int64_t batch) = 0;
  // A part of images to a place in others: crops, and joins or takes apart channels.
  virtual void copy_part(const ImagePart& from, const ImagePart& to, const ImageShape& size, int64_t batch) = 0;

  // ---- linear -----------------------------------------------------------------------------------------------------
  // y = x W^T (+ bias)
  virtual void linear(const LinearShape& shape, const float* x, Weights weights, const float* bias, float* y) = 0;
  // dx = dy W
  virtual void linear_input_gradient(const LinearShape& shape, const float* dy, Weights weights, float* dx) = 0;
  // dW = dy^T x
  virtual void linear_weight_gradient(const LinearShape& shape, const float* dy, const float* x,
                                      const GradientTarget& target) = 0;
  // db[c] = sum of dy over batch and positions
  virtual void bias_gradient(const ChannelBatch& shape, const float* dy, const GradientTarget& target) = 0;

  // ---- convolution ------------------------------------------------------------------------------------------------
  // Weights are [out, in, kernel rows, kernel columns]; images beyond their edges are zero. Shapes must have passed
  // `check`, and be those of packed weights (taps of the kernel in row-major order).
  // y = x * W (+ bias)
  virtual void conv2d(const ConvShape& shape, const float* x, Weights weights, const float* bias, float* y) = 0;
  // dx = dy * W^T (+ bias, one an input channel: so this is the forward pass of a transposed convolution as well)
  virtual void conv2d_input_gradient(const ConvShape& shape, const float* dy, Weights weights, const float* bias,
                                     float* dx) = 0;
  // dW[o][i][tap] = sum of dy[o] x[i], moved by the tap, over batch and positions
  virtual void conv2d_weight_gradient(const ConvShape& shape, const float* dy, const float* x,
                                      const GradientTarget& target) = 0;

  // ---- pooling ----------------------------------------------------------------------------------------------------
  // Memory of what max_pool2d leaves for its gradient.
  virtual int64_t winner_bytes(const PoolShape& shape) const = 0;
  // y = the largest of each window, the first in row-major order where several are equal; a NaN is larger than any
  // number. Where it was goes to `winners`; null: no gradient follows.
  virtual void max_pool2d(const PoolShape& shape, const float* x, float* y, void* winners) = 0;
  virtual void max_pool2d_gradient(const PoolShape& shape, const float* dy, const void* winners, float* dx) = 0;
  // y = sum of each window / taps: padding counts as zeros.
  virtual void average_pool2d(const PoolShape& shape, const float* x, float* y) = 0;
  virtual void average_pool2d_gradient(const PoolShape& shape, const float* dy, float* dx) = 0;

  // Memory beside its arguments that the three take at most, kept by the threads until they end.
  virtual int64_t conv2d_scratch_bytes(const ConvShape& shape) const = 0;

  // ---- batch norm -------------------------------------------------------------------------------------------------
  // Normalises with the batch's mean and biased variance, kept in mean and inverse_deviation for the gradient;
  // running <- (1 - momentum) running + momentum batch, with the unbiased variance.
  virtual void batch_norm_train(const ChannelBatch& shape, const BatchNormParameters& parameters, const float* x,
                                float* y, float* mean, float* inverse_deviation, float* running_mean,
                                float* running_variance) = 0;
  // Normalises with the running statistics; mean and inverse_deviation are kept for the gradient.
  virtual void batch_norm_eval(const ChannelBatch& shape, const BatchNormParameters& parameters, const float* x,
                               float* y, float* mean, float* inverse_deviation, const float* running_mean,
                               const float* running_variance) = 0;
  // From x and, where there is a relu, y: dx (null: not wanted) and the gradients of gain and bias (targets without a
  // pass: not wanted). batch_statistics: mean and variance depend on x.
  virtual void batch_norm_gradient(const ChannelBatch& shape, const BatchNormParameters& parameters,
                                   bool batch_statistics, const float* x, const float* y, const float* dy,
                                   const float* mean, const float* inverse_deviation, float* dx,
                                   const GradientTarget& gain, const GradientTarget& bias) = 0;

  // ---- element-wise -----------------------------------------------------------------------------------------------
  virtual void activate(Activation kind, Tensor x, Tensor y, int64_t batch) = 0;
  // dx from the activation's output y.
  virtual void activate_gradient(Activation kind, Tensor y, Tensor dy, Tensor dx, int64_t batch) = 0;
  // Masks of dropout hold a flag for each of `flags` channels of a sample (spatial 1: for each value).
  virtual int64_t mask_bytes(int64_t flags, int64_t batch) const = 0;
  virtual void import_dropout_mask(const uint8_t* host, int64_t flags, int64_t batch, void* mask) = 0;
  // y = x keep / (1 - rate); also its own gradient.
  virtual void dropout(const ChannelBatch& shape, const float* x, const void* mask, double rate, float* y) = 0;
  // The same with its mask drawn in the same pass: keep where u >= rate, u the draw of element
  // sample * channels + channel.
  virtual void draw_dropout(const Draw& draw, const ChannelBatch& shape, const float* x, double rate, void* mask,
                            float* y) = 0;

  // ---- losses -----------------------------------------------------------------------------------------------------
  virtual LossSums loss(const LossCall& call) = 0;
  // Predictions (after the link if `link`) of a batch to row-major host memory.
  virtual void predictions(int formula, bool link, ChannelShape shape, const float* outputs, int64_t batch,
                           float* host) = 0;
  // Loss of predictions that were averaged after the link, row-major on the host; targets as in LossCall.
  virtual LossSums loss_of_predictions(const LossCall& call, const float* host_predictions) = 0;

  // ---- optimizers -------------------------------------------------------------------------------------------------
  // weights <- materialize(latent, noise)
  virtual void materialize(const OptimizerPass& pass) = 0;
  // weights <- mode(latent)
  virtual void materialize_mode(const OptimizerPass& pass) = 0;
  // weights <- +1 with probability(latent), else -1; mode where the formula's parameters are real
  virtual void materialize_sample(const OptimizerPass& pass, const Noise& noise) = 0;
  // Takes the gradients of weights offset .. offset+count-1 of a segment: stores, pulls back and, with the last
  // sample, updates.
  virtual void consume_gradient(const GradientTarget& target, int64_t offset, const float* gradient, int64_t count) = 0;
  // counts[b] += weights whose quantity, not `none`, lies in part b of `bins` equal parts of its range: part
  // floor((value - low) bins / (high - low)) in float32, or the nearest that there is. `counts` is on the host.
  virtual void count_values(const OptimizerPass& pass, const Distribution& distribution, int64_t bins,
                            int64_t* counts) = 0;
  // Memory of packed weights; 0 where the backend has no packed form.
  virtual int64_t packed_bytes(const PackedShape& shape) const = 0;
  // Packs weights of +-1 given in the arrangement of `shape`; what is not above 0 counts as -1.
  virtual void pack(const WeightSegment& segment, const float* values) = 0;
  // Packed weights as float32 +-1, on the host.
  virtual void unpack(const WeightSegment& segment, float* host) = 0;
  // uniforms of elements first .. first+count-1
  virtual void draw_uniform(const Draw& draw, int64_t first, int64_t count, float* out) = 0;
};

// A scope with a name, such as a layer's.
class NamedRange {
 public:
  NamedRange(Backend& backend, const char* name) : backend_(backend) { backend_.begin_range(name); }
  NamedRange(const NamedRange&) = delete;
  NamedRange& operator=(const NamedRange&) = delete;
  ~NamedRange() { backend_.end_range(); }

 private:
  Backend& backend_;
};

}  // namespace bayesbinn
