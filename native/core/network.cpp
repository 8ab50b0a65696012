#include "core/network.h"

#include <algorithm>

#include "core/memory_plan.h"
#include "layers/list.h"

namespace bayesbinn {

Network::Network(Backend& backend, Shape input_shape, const Value& layers, int64_t max_batch)
    : backend_(backend), max_batch_(max_batch), shapes_{std::move(input_shape)} {
  compile(layers);
  fuse();
  plan_activations();
  plan_forward();
  plan_persistent();
}

int Network::find(const std::string& layer) const {
  const auto at = places_.find(layer);
  return at == places_.end() ? -1 : at->second;
}

Network::Node Network::read_node(const Value& spec, size_t index) {
  OptionReader reader(spec, "layers[" + std::to_string(index) + "]");
  Node node;
  node.type = reader.text("type");
  const std::string name = reader.text("name");
  if (name.empty() || name == "input" || find(name) >= 0) {
    throw Error(ErrorCode::option_range,
                reader.path() + ".name: " + quoted(name) + " given, accepted: a name of its own");
  }
  const auto types = layer_types();
  const auto type =
      std::find_if(types.begin(), types.end(), [&](const LayerType& entry) { return node.type == entry.name; });
  if (type == types.end()) {
    throw Error(ErrorCode::option_range, reader.path() + ".type: unknown layer " + quoted(node.type));
  }
  for (const std::string& input : reader.text_list("inputs")) {
    const int from = input == "input" ? -1 : find(input);
    if (from < 0 && input != "input") {
      throw Error(ErrorCode::option_range, reader.path() + ".inputs: " + quoted(input) +
                                               " given, accepted: \"input\" or the name of an earlier layer");
    }
    node.inputs.push_back(from + 1);
  }
  node.layer = type->make(name, reader);
  node.layer->index = static_cast<uint32_t>(index);
  return node;
}

void Network::compile(const Value& layers) {
  if (!layers.array()) {
    throw Error(ErrorCode::option_type, "layers: " + layers.describe() + " given, accepted: an array");
  }
  if (layers.array()->empty() || layers.array()->size() > 10000) {
    throw Error(ErrorCode::option_range, "layers: " + layers.describe() + " given, accepted: 1 to 10000 layers");
  }
  element_count(shapes_.front());
  std::vector<bool> used(layers.array()->size() + 1);
  for (const Value& spec : *layers.array()) {
    Node node = read_node(spec, nodes_.size());
    std::vector<Shape> shapes;
    std::vector<std::string> names;
    for (const int input : node.inputs) {
      shapes.push_back(shapes_[static_cast<size_t>(input)]);
      names.push_back(input == 0 ? "input" : nodes_[static_cast<size_t>(input - 1)].layer->name());
      used[static_cast<size_t>(input)] = true;
    }
    shapes_.push_back(node.layer->infer(shapes, names));
    element_count(shapes_.back());
    places_.emplace(node.layer->name(), static_cast<int>(nodes_.size()));
    nodes_.push_back(std::move(node));
  }
  for (size_t i = 0; i + 1 < nodes_.size(); ++i) {
    if (!used[i + 1]) {
      throw Error(ErrorCode::shape_mismatch, "layer " + quoted(nodes_[i].layer->name()) + " leads nowhere");
    }
  }
}

// An activation that alone reads the layer before may become part of it.
void Network::fuse() {
  std::vector<int> readers(shapes_.size());
  for (const Node& node : nodes_) {
    for (const int value : node.inputs) ++readers[static_cast<size_t>(value)];
  }
  for (Node& node : nodes_) {
    const auto activation = node.layer->activation();
    if (!activation || node.inputs[0] == 0 || readers[static_cast<size_t>(node.inputs[0])] > 1) continue;
    node.taken_over = nodes_[static_cast<size_t>(node.inputs[0] - 1)].layer->take_over(*activation);
  }
}

// The value in whose memory this one is.
int Network::stored(int value) const {
  if (value == 0 || !nodes_[static_cast<size_t>(value - 1)].taken_over) return value;
  return nodes_[static_cast<size_t>(value - 1)].inputs[0];
}

// Moments: the input at 0, the forward pass of node i at i + 1, the loss at n + 1, the backward pass of node i at
// 2n + 1 - i.
void Network::plan_activations() {
  const int n = static_cast<int>(nodes_.size());
  const auto backward_of = [n](int node) { return 2 * n + 1 - node; };
  std::vector<PlannedBuffer> buffers;
  for (int value = 0; value <= n; ++value) {
    const int64_t bytes = backend_.activation_bytes(element_count(shapes_[static_cast<size_t>(value)]), max_batch_);
    if (stored(value) != value) {
      buffers.insert(buffers.end(), 2, PlannedBuffer{0, value, value});
      continue;
    }
    PlannedBuffer kept = {bytes, value, value == stored(n) ? n + 1 : value};
    PlannedBuffer gradient = {bytes, n + 1, value == 0 ? 2 * n + 2 : backward_of(value - 1)};
    if (value > 0 && nodes_[static_cast<size_t>(value - 1)].layer->backward_reads_output())
      kept.last = backward_of(value - 1);
    // Read again by every weight sample of a step.
    if (value == 0) kept.last = 2 * n + 2;
    buffers.push_back(kept);
    buffers.push_back(gradient);
  }
  for (int node = 0; node < n; ++node) {
    const Node& consumer = nodes_[static_cast<size_t>(node)];
    if (consumer.taken_over) continue;
    for (const int value : consumer.inputs) {
      const auto at = static_cast<size_t>(stored(value));
      PlannedBuffer& kept = buffers[2 * at];
      kept.last = std::max(kept.last, consumer.layer->backward_reads_inputs() ? backward_of(node) : node + 1);
      buffers[2 * at + 1].first = backward_of(node);  // the last consumer's, whose backward pass is the first
    }
  }
  const std::vector<int64_t> part_bytes = plan_parts();
  std::vector<std::pair<Node*, size_t>> with_parts;
  for (int node = 0; node < n; ++node) {
    const int64_t bytes = part_bytes[static_cast<size_t>(node)];
    if (bytes == 0) continue;
    with_parts.emplace_back(&nodes_[static_cast<size_t>(node)], buffers.size());
    buffers.push_back({bytes, backward_of(node), backward_of(node)});
  }
  activation_bytes_ = plan_memory(buffers);
  for (int value = 0; value <= n; ++value) {
    const auto at = 2 * static_cast<size_t>(stored(value));
    activation_offsets_.push_back(buffers[at].offset);
    gradient_offsets_.push_back(buffers[at + 1].offset);
  }
  for (const auto& [node, buffer] : with_parts) {
    for (int64_t& part : node->parts) {
      if (part != kFirst) part += buffers[buffer].offset;
    }
  }
}

// Places the parts of each node one after the other; the bytes that they take. Node::parts are offsets within these.
std::vector<int64_t> Network::plan_parts() {
  std::vector<int64_t> bytes(nodes_.size());
  std::vector<bool> written(shapes_.size());
  for (size_t node = nodes_.size(); node-- > 0;) {
    for (const int value : nodes_[node].inputs) {
      const auto at = static_cast<size_t>(value);
      const int64_t size = backend_.activation_bytes(element_count(shapes_[at]), max_batch_);
      nodes_[node].parts.push_back(written[at] ? append_memory(bytes[node], size) : kFirst);
      written[at] = true;
    }
  }
  return bytes;
}

// The same moments up to the loss: a value lives until its last consumer has read it, but the input, which every weight
// sample may read again.
void Network::plan_forward() {
  const int n = static_cast<int>(nodes_.size());
  std::vector<PlannedBuffer> buffers;
  for (int value = 0; value <= n; ++value) {
    const int64_t bytes = backend_.activation_bytes(element_count(shapes_[static_cast<size_t>(value)]), max_batch_);
    const bool own = stored(value) == value;
    buffers.push_back({own ? bytes : 0, value, value == 0 || value == stored(n) ? n + 1 : value});
  }
  for (int node = 0; node < n; ++node) {
    for (const int value : nodes_[static_cast<size_t>(node)].inputs) {
      int& last = buffers[static_cast<size_t>(stored(value))].last;
      last = std::max(last, node + 1);
    }
  }
  activation_bytes_ = std::max(activation_bytes_, plan_memory(buffers));
  for (int value = 0; value <= n; ++value)
    forward_offsets_.push_back(buffers[static_cast<size_t>(stored(value))].offset);
}

// What outlives a pass, one piece after the other.
void Network::plan_persistent() {
  const auto keep = [&](int64_t bytes, void** place) {
    pieces_.push_back({append_memory(persistent_bytes_, bytes), place});
  };
  for (Node& node : nodes_) {
    node.layer->plan(backend_, max_batch_);
    for (SavedBuffer& saved : node.layer->saved) keep(saved.bytes, &saved.data);
    for (RunningStatistic& statistic : node.layer->statistics) {
      const auto bytes = element_count(statistic.shape) * static_cast<int64_t>(sizeof(float));
      keep(bytes, reinterpret_cast<void**>(&statistic.committed));
      keep(bytes, reinterpret_cast<void**>(&statistic.working));
    }
  }
}

int64_t Network::scratch_bytes() const {
  int64_t most = 0;
  for (const Node& node : nodes_) most = std::max(most, node.layer->scratch_bytes(backend_, max_batch_));
  return most;
}

void Network::allocate() {
  activations_ = Buffer(backend_, activation_bytes_);
  persistent_ = Buffer(backend_, persistent_bytes_);
  for (const Piece& piece : pieces_) *piece.place = persistent_.data() + piece.offset;
  set_initial(&RunningStatistic::committed);
}

std::vector<LayerDescription> Network::describe() const {
  std::vector<LayerDescription> list;
  for (size_t i = 0; i < nodes_.size(); ++i) list.push_back({nodes_[i].layer->name(), nodes_[i].type, shapes_[i + 1]});
  return list;
}

std::vector<NamedParameter> Network::parameters() {
  std::vector<NamedParameter> list;
  for (Node& node : nodes_) {
    for (Parameter& parameter : node.layer->parameters)
      list.push_back({node.layer->name() + '.' + parameter.name, &parameter});
  }
  return list;
}

Tensor Network::activation(int value) const {
  const auto at = static_cast<size_t>(value);
  const int64_t offset = (forward_only_ ? forward_offsets_ : activation_offsets_)[at];
  return {reinterpret_cast<float*>(activations_.data() + offset), element_count(shapes_[at])};
}

Tensor Network::gradient(int value) const {
  const auto at = static_cast<size_t>(value);
  return {reinterpret_cast<float*>(activations_.data() + gradient_offsets_[at]), element_count(shapes_[at])};
}

// Where a node's backward pass puts the gradient of one of its inputs.
Tensor Network::input_gradient(const Node& node, size_t input) const {
  Tensor target = gradient(node.inputs[input]);
  if (node.parts[input] != kFirst) target.data = reinterpret_cast<float*>(activations_.data() + node.parts[input]);
  return target;
}

bool Network::forward(Phase phase, int64_t batch, const Draw& dropout, const RecordedMasks& masks,
                      const std::atomic<bool>* cancelled) {
  const NamedRange pass_range(backend_, "forward");
  double share = 0;
  if (phase == Phase::reestimate) {
    reestimated_ += batch;
    share = static_cast<double>(batch) / static_cast<double>(reestimated_);
  }
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (cancelled && cancelled->load(std::memory_order_relaxed)) return false;
    if (nodes_[i].taken_over) continue;
    inputs_.clear();
    for (const int value : nodes_[i].inputs) inputs_.push_back(activation(value));
    const Pass pass = {backend_, phase, batch, dropout, masks.empty() ? nullptr : masks[i], !forward_only_, share};
    const NamedRange layer_range(backend_, nodes_[i].layer->name().c_str());
    nodes_[i].layer->forward(pass, {inputs_, activation(static_cast<int>(i) + 1)});
  }
  return true;
}

// A value needs a gradient if a parameter lies before it.
std::vector<bool> Network::wanted_gradients(bool want_input_gradient) const {
  std::vector<bool> wanted = {want_input_gradient};
  for (const Node& node : nodes_) {
    bool any = !node.layer->parameters.empty();
    for (const int value : node.inputs) any = any || wanted[static_cast<size_t>(value)];
    wanted.push_back(any);
  }
  return wanted;
}

bool Network::backward(Phase phase, int64_t batch, bool want_input_gradient, const std::atomic<bool>* cancelled) {
  const NamedRange pass_range(backend_, "backward");
  const std::vector<bool> wanted = wanted_gradients(want_input_gradient);
  for (size_t i = nodes_.size(); i-- > 0;) {
    const Node& node = nodes_[i];
    if (!wanted[i + 1] || node.taken_over) continue;
    if (cancelled && cancelled->load(std::memory_order_relaxed)) return false;
    inputs_.clear();
    input_gradients_.clear();
    for (size_t input = 0; input < node.inputs.size(); ++input) {
      const int value = node.inputs[input];
      inputs_.push_back(activation(value));
      input_gradients_.push_back(wanted[static_cast<size_t>(value)] ? input_gradient(node, input)
                                                                    : Tensor{nullptr, inputs_.back().features});
    }
    const Pass pass = {backend_, phase, batch, {}, nullptr, false};
    const int output = static_cast<int>(i) + 1;
    const NamedRange layer_range(backend_, node.layer->name().c_str());
    node.layer->backward(pass, {inputs_, activation(output), input_gradients_, gradient(output)});
    for (size_t input = 0; input < node.inputs.size(); ++input) {
      const Tensor sum = gradient(node.inputs[input]);
      const Tensor part = input_gradients_[input];
      if (part.data && node.parts[input] != kFirst) backend_.add(sum, part, sum, batch);
    }
  }
  return true;
}

}  // namespace bayesbinn
