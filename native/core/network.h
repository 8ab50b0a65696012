// The layer graph, compiled for a backend and a maximal batch: shapes checked, all memory planned, then allocated.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/buffer.h"
#include "layers/layer.h"

namespace bayesbinn {

// Parameters and statistics belong to layers; others refer to them by full name, "linear1.weight".
struct NamedParameter {
  std::string name;
  Parameter* parameter;
};

struct NamedStatistic {
  std::string name;
  RunningStatistic* statistic;
};

struct LayerDescription {
  std::string name, type;
  Shape shape;
};

// Keep flags of a dropout layer in place of drawn ones, [batch][mask_flags] on the host; null: drawn.
using RecordedMasks = std::vector<const uint8_t*>;

class Network {
 public:
  Network(Backend& backend, Shape input_shape, const Value& layers, int64_t max_batch);

  const Shape& input_shape() const { return shapes_.front(); }
  const Shape& output_shape() const { return shapes_.back(); }
  int64_t max_batch() const { return max_batch_; }
  // Memory that `allocate` takes.
  int64_t bytes() const { return activation_bytes_ + persistent_bytes_; }
  // Memory that a pass takes beside it for a while.
  int64_t scratch_bytes() const;
  // Once, before the first pass.
  void allocate();
  std::vector<LayerDescription> describe() const;
  std::vector<NamedParameter> parameters();
  std::vector<NamedStatistic> statistics();
  // Place of a layer in the graph, -1 if there is none of this name.
  int find(const std::string& layer) const;
  // Flags a sample of a layer's mask; 0: it takes none.
  int64_t mask_flags(int layer) const { return nodes_[static_cast<size_t>(layer)].layer->mask_flags(); }

  // Before a pass: whether a backward pass will follow. Without one fewer values live at once, in less of the memory.
  void prepare(bool backward) { forward_only_ = !backward; }

  Tensor input() const { return activation(0); }
  Tensor output() const { return activation(static_cast<int>(nodes_.size())); }
  Tensor output_gradient() const { return gradient(static_cast<int>(nodes_.size())); }
  Tensor input_gradient() const { return gradient(0); }

  // From `input` to `output`. False, at once, where `cancelled` was seen between layers.
  bool forward(Phase phase, int64_t batch, const Draw& dropout, const RecordedMasks& masks,
               const std::atomic<bool>* cancelled);
  // From `output_gradient` to the parameters' gradient targets and, if wanted, `input_gradient`.
  bool backward(Phase phase, int64_t batch, bool want_input_gradient, const std::atomic<bool>* cancelled);

  // Running statistics: the passes of a step, or of an evaluation, work on a copy, which becomes theirs where the step is
  // committed.
  void begin_step();
  void commit_step();
  // In place of `begin_step`: passes of phase `reestimate` form the copy anew, as the average over the batches of b samples
  // of each one's mean and unbiased variance: sum b x / sum b.
  void begin_reestimation();
  bool has_statistics();

 private:
  struct Node {
    std::unique_ptr<Layer> layer;
    std::string type;
    std::vector<int> inputs;  // values: 0 is the network's input, i + 1 the output of node i
    bool taken_over = false;  // done by the layer before, whose output is this one's
    // For each input, where its gradient goes that is then added to that of the value's other readers; kFirst: straight
    // into the value's gradient, as what reads a value last in the forward pass is the first in the backward pass.
    std::vector<int64_t> parts;
  };
  static constexpr int64_t kFirst = -1;

  // Persistent memory that a layer is told of once it is allocated.
  struct Piece {
    int64_t offset;
    void** place;
  };

  void compile(const Value& layers);
  template <class Action>
  void for_statistics(Action&& action);
  void set_initial(float* RunningStatistic::*copy);
  Node read_node(const Value& spec, size_t index);
  void fuse();
  int stored(int value) const;
  void plan_activations();
  std::vector<int64_t> plan_parts();
  void plan_forward();
  void plan_persistent();
  Tensor activation(int value) const;
  Tensor gradient(int value) const;
  Tensor input_gradient(const Node& node, size_t input) const;
  std::vector<bool> wanted_gradients(bool want_input_gradient) const;

  Backend& backend_;
  int64_t max_batch_;
  std::vector<Shape> shapes_;  // of each value
  std::vector<Node> nodes_;
  std::unordered_map<std::string, int> places_;                 // of the nodes, by name
  std::vector<int64_t> activation_offsets_, gradient_offsets_;  // of each value
  std::vector<int64_t> forward_offsets_;                        // of each value, where no backward pass follows
  bool forward_only_ = false;
  int64_t reestimated_ = 0;  // samples
  std::vector<Piece> pieces_;
  int64_t activation_bytes_ = 0, persistent_bytes_ = 0;
  Buffer activations_, persistent_;
  std::vector<Tensor> inputs_, input_gradients_;  // of the layer at work
};

}  // namespace bayesbinn
