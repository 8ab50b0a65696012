// What a layer is: shapes, parameters, and a forward and a backward pass written against the op table only.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "base/options.h"
#include "base/shape.h"

namespace bayesbinn {

// First values that a layer proposes; an optimizer of binary weights may start otherwise.
enum class Initial { zeros, ones, glorot_uniform, fan_in_uniform };

struct Parameter {
  std::string name;  // within the layer, such as "weight"
  Shape shape;
  ParameterKind kind;
  Initial initial;
  int64_t fan_in, fan_out;
  PackedShape packed = {};  // as bits where its weights are signs; no outputs: never
  // Bound by the optimizer:
  Weights weights = {};
  GradientTarget gradient = {};
  bool trains_packed = false;  // in steps with the hyperparameters that the optimizer was made with
};

// Statistics that training moves and evaluation reads. Passes work on `working` alone: copied from `committed` before
// them, and back at the end of a step, so that an aborted step leaves no trace; or formed anew, for an evaluation.
struct RunningStatistic {
  std::string name;
  Shape shape;
  float initial;
  float* committed = nullptr;
  float* working = nullptr;
};

// Device memory that a forward pass leaves for the backward pass.
struct SavedBuffer {
  int64_t bytes;
  void* data = nullptr;
};

// reestimate: the network of `eval`, but normalised by each batch's own statistics, of which `working` becomes the
// average over the batches.
enum class Phase { train, reestimate, eval };

// One forward or backward pass over a batch.
struct Pass {
  Backend& backend;
  Phase phase;
  int64_t batch;
  Draw dropout;                  // without the layer's index
  const uint8_t* recorded_mask;  // of the layer at hand; null: drawn
  bool backward_follows;         // else what only the backward pass reads need not be kept
  double share = 0;              // reestimate: of this batch in the average over those so far
};

struct ForwardIo {
  std::span<const Tensor> inputs;
  Tensor output;
};

struct BackwardIo {
  std::span<const Tensor> inputs;           // where the layer reads them in its backward pass
  Tensor output;                            // likewise
  std::span<const Tensor> input_gradients;  // data null: not wanted
  Tensor output_gradient;
};

class Layer {
 public:
  explicit Layer(std::string name) : name_(std::move(name)) {}
  virtual ~Layer() = default;

  const std::string& name() const { return name_; }

  // Output shape; throws ERR_SHAPE_MISMATCH that names this layer and its inputs' layers. Called once, first.
  virtual Shape infer(std::span<const Shape> inputs, std::span<const std::string> input_names) = 0;
  virtual void forward(const Pass& pass, const ForwardIo& io) = 0;
  virtual void backward(const Pass& pass, const BackwardIo& io) = 0;

  // Flags a sample of the mask that a pass may be given; 0: takes none.
  virtual int64_t mask_flags() const { return 0; }
  // What backward reads beside the output gradient: memory is planned by it.
  virtual bool backward_reads_inputs() const { return false; }
  virtual bool backward_reads_output() const { return false; }
  // An activation layer tells which; a layer that takes it over applies it to its own output from then on, and the
  // activation layer is left out.
  virtual std::optional<Activation> activation() const { return std::nullopt; }
  virtual bool take_over(Activation) { return false; }
  // Saved memory for batches of up to `max_batch`.
  virtual void plan(const Backend&, int64_t) {}
  // Memory that the backend takes for a while to compute such a batch.
  virtual int64_t scratch_bytes(const Backend&, int64_t) const { return 0; }

  std::vector<Parameter> parameters;
  std::vector<RunningStatistic> statistics;
  std::vector<SavedBuffer> saved;
  uint32_t index = 0;  // place in the graph, tells the layers' random draws apart

 protected:
  // The one input of a layer that takes one; ERR_SHAPE_MISMATCH for another number of them.
  static const Shape& only(std::span<const Shape> inputs, const std::string& layer);
  // The same where it has to be an image [channels, rows, columns].
  const Shape& only_image(std::span<const Shape> inputs, std::span<const std::string> input_names) const;
  // The first of the inputs of a layer that takes several; ERR_SHAPE_MISMATCH where there is but one, or where one
  // differs from the first in an axis from `first_axis` on.
  const Shape& several_alike(std::span<const Shape> inputs, std::span<const std::string> input_names,
                             size_t first_axis) const;

 private:
  std::string name_;
};

using LayerFactory = std::unique_ptr<Layer> (*)(std::string name, OptionReader& options);

}  // namespace bayesbinn
