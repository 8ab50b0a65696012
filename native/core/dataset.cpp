#include "core/dataset.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/memory.h"
#include "base/value.h"

namespace bayesbinn {
namespace {

std::string text(int64_t value) { return std::to_string(value); }
std::string text(const Grid& grid) { return text(grid.rows) + " x " + text(grid.columns); }

[[noreturn]] void mismatch(const DatasetSource& source, const std::string& what) {
  throw Error(ErrorCode::shape_mismatch, "dataset " + quoted(source.name) + ": " + what);
}

void check_numbers(const DatasetSource& source, const char* what, std::span<const float> values, int64_t width) {
  const auto bad = std::find_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
  if (bad == values.end()) return;
  const auto at = static_cast<int64_t>(bad - values.begin());
  throw Error(ErrorCode::numeric, "dataset " + quoted(source.name) + ": " + what + " " + text(at % width) +
                                      " of sample " + text(at / width) + " is not a finite number");
}

void check_table(const DatasetSource& source, const char* name, std::span<const float> values) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    throw Error(ErrorCode::numeric, "dataset " + quoted(source.name) + ": " + name + "[" +
                                        text(static_cast<int64_t>(i)) + "] is not a finite number");
  }
}

// What a batch takes of targets on a grid of their own.
CentreCut cut_of(const DatasetSource& source, const DatasetNeeds& needs) {
  const Grid& stored = source.target_grid;
  if (stored.rows == 0) return {};
  const std::string given = "targets of " + text(stored);
  if (needs.output.size() != 3) {
    mismatch(source, given + " values a sample, but the network's output has shape " + to_string(needs.output) +
                         ", accepted: [channels, rows, columns]");
  }
  const Grid taken = {needs.output[1], needs.output[2]};
  const auto fits = [](int64_t size, int64_t part) { return size >= part && (size - part) % 2 == 0; };
  if (!fits(stored.rows, taken.rows) || !fits(stored.columns, taken.columns)) {
    mismatch(source, given + " values a sample for an output of " + text(taken) +
                         ", accepted: as many rows and columns, or more by even numbers, so that both have one centre");
  }
  const Shape& input = needs.input;
  if (input.size() != 3 || stored.rows > input[1] || stored.columns > input[2]) {
    mismatch(source, given + " values a sample, but samples have shape " + to_string(input) +
                         ", accepted: up to the rows and columns of an image");
  }
  return stored == taken ? CentreCut{} : CentreCut{stored, taken};
}

template <class T>
Buffer upload_samples(Backend& backend, std::span<const T> values) {
  Buffer buffer = Buffer::of_samples(backend, static_cast<int64_t>(values.size_bytes()));
  backend.upload(buffer.data(), values.data(), buffer.bytes());
  return buffer;
}

}  // namespace

Dataset::Dataset(Backend& backend, const DatasetSource& source, const DatasetNeeds& needs)
    : storage_(std::make_shared<Storage>()) {
  const int64_t features = element_count(source.sample_shape);
  if (features != element_count(needs.input)) {
    mismatch(source, "samples of shape " + to_string(source.sample_shape) + ", but the network reads " +
                         text(element_count(needs.input)) + " values");
  }
  const auto values = static_cast<int64_t>(source.has_bytes ? source.bytes.size() : source.floats.size());
  if (values == 0) mismatch(source, "no samples");
  if (values % features != 0)
    mismatch(source, text(values) + " input values are no multiple of the " + text(features) + " of a sample");
  const int64_t length = values / features;
  if (length > int64_t{0xffffffff}) mismatch(source, "more than 2^32 - 1 samples");

  const ChannelShape shape = {channels(source.sample_shape), spatial_size(source.sample_shape)};
  const auto table_rows = static_cast<int64_t>(source.has_bytes ? source.byte_table.size() / 256 : source.scale.size());
  if (table_rows != 1 && table_rows != shape.channels) {
    mismatch(source,
             text(table_rows) + " normalisation rows, accepted: 1 or the " + text(shape.channels) + " channels");
  }
  if (source.has_bytes ? source.byte_table.size() % 256 != 0 : source.shift.size() != source.scale.size()) {
    mismatch(source, "normalisation tables of the wrong length");
  }

  if (source.has_labels != needs.labels) {
    mismatch(source, needs.labels ? "targets are numbers, but the loss takes class labels"
                                  : "targets are class labels, but the loss takes numbers");
  }
  const CentreCut cut = cut_of(source, needs);
  const int64_t classes = channels(needs.output);
  const int64_t positions = cut.whole() ? spatial_size(needs.output) : cut.stored.size();
  const int64_t width = needs.labels ? positions : element_count({positions, classes});
  const auto target_values = static_cast<int64_t>(source.has_labels ? source.labels.size() : source.rows.size());
  if (source.target_width != width || target_values != length * width) {
    mismatch(source, text(target_values) + " target values of width " + text(source.target_width) + " for " +
                         text(length) + " samples, accepted: width " + text(width) +
                         (needs.labels ? "" : ", one value an output"));
  }
  for (size_t i = 0; i < source.labels.size(); ++i) {
    if (source.labels[i] >= 0 && source.labels[i] < classes) continue;
    throw Error(ErrorCode::option_range, "dataset " + quoted(source.name) + ": label " + text(source.labels[i]) +
                                             " of sample " + text(static_cast<int64_t>(i) / width) +
                                             ", accepted: 0 to " + text(classes - 1));
  }
  check_numbers(source, "input", source.floats, features);
  check_table(source, "byteTable", source.byte_table);
  check_table(source, "scale", source.scale);
  check_table(source, "shift", source.shift);
  check_numbers(source, "target", source.rows, width);
  for (size_t i = 0; needs.probabilities && i < source.rows.size(); ++i) {
    if (source.rows[i] >= 0 && source.rows[i] <= 1) continue;
    throw Error(ErrorCode::option_range, "dataset " + quoted(source.name) + ": target " +
                                             Value(source.rows[i]).describe() + " of sample " +
                                             text(static_cast<int64_t>(i) / width) + ", accepted: 0 to 1");
  }

  const bool in_place = source.has_bytes && source.bytes_stay && needs.on_host;
  const size_t bytes = (in_place ? 0 : source.bytes.size_bytes()) + source.byte_table.size_bytes() +
                       source.floats.size_bytes() + source.scale.size_bytes() + source.shift.size_bytes() +
                       source.labels.size_bytes() + source.rows.size_bytes() +
                       static_cast<size_t>(length) * sizeof(uint32_t);
  if (needs.on_host) require_memory("dataset " + quoted(source.name), static_cast<int64_t>(bytes));
  Storage& storage = *storage_;
  if (!in_place) {
    storage.inputs = source.has_bytes ? upload_samples(backend, source.bytes) : upload_samples(backend, source.floats);
  }
  const void* const inputs = in_place ? static_cast<const void*>(source.bytes.data()) : storage.inputs.data();
  storage.targets = source.has_labels ? upload_samples(backend, source.labels) : upload_samples(backend, source.rows);
  std::vector<float> table;
  if (source.has_bytes) {
    table.assign(source.byte_table.begin(), source.byte_table.end());
  } else {
    table.assign(source.scale.begin(), source.scale.end());
    table.insert(table.end(), source.shift.begin(), source.shift.end());
  }
  storage.table = Buffer(backend, static_cast<int64_t>(table.size() * sizeof(float)));
  backend.upload(storage.table.data(), table.data(), storage.table.bytes());
  float* const first = storage.table.floats();
  device_ = {inputs,
             source.has_bytes,
             first,
             first,
             first + table_rows,
             table_rows,
             storage.targets.data(),
             source.has_labels,
             width,
             cut,
             shape,
             nullptr};
  indices_.resize(static_cast<size_t>(length));
  std::iota(indices_.begin(), indices_.end(), 0u);
}

Dataset::Dataset(Backend& backend, const Dataset& base, const DatasetView& view)
    : storage_(base.storage_), permutation_(base.permutation_), device_(base.device_), shares_(true) {
  if (view.indices) {
    if (view.indices->empty()) throw Error(ErrorCode::shape_mismatch, "a subset without samples");
    indices_.reserve(view.indices->size());
    for (const uint32_t index : *view.indices) {
      if (index >= base.indices_.size()) {
        throw Error(ErrorCode::option_range,
                    "subset index " + text(index) + ", accepted: 0 to " + text(base.size() - 1));
      }
      indices_.push_back(base.indices_[index]);
    }
  } else {
    indices_ = base.indices_;
  }
  if (view.permutation) permute(backend, *view.permutation);
}

void Dataset::permute(Backend& backend, std::span<const uint32_t> features) {
  const auto count = static_cast<size_t>(device_.shape.channels * device_.shape.spatial);
  if (features.size() != count) {
    throw Error(ErrorCode::shape_mismatch, "permutation of " + text(static_cast<int64_t>(features.size())) +
                                               " features, accepted: the " + text(static_cast<int64_t>(count)) +
                                               " of a sample");
  }
  auto permutation = std::make_shared<Permutation>();
  permutation->features.reserve(count);
  std::vector<bool> seen(count);
  for (const uint32_t feature : features) {
    if (feature >= count || seen[feature]) {
      const char* const problem = feature >= count ? "" : " twice";
      throw Error(ErrorCode::option_range, "permutation: feature " + text(feature) + problem +
                                               ", accepted: each of 0 to " + text(static_cast<int64_t>(count) - 1) +
                                               " once");
    }
    seen[feature] = true;
    permutation->features.push_back(permutation_ ? permutation_->features[feature] : feature);
  }
  permutation_bytes_ = static_cast<int64_t>(count * sizeof(uint32_t));
  permutation->device = Buffer(backend, permutation_bytes_);
  backend.upload(permutation->device.data(), permutation->features.data(), permutation_bytes_);
  device_.permutation = reinterpret_cast<const uint32_t*>(permutation->device.data());
  permutation_ = std::move(permutation);
}

int64_t Dataset::bytes() const {
  // A permutation is there on the host as well.
  const auto own = static_cast<int64_t>(indices_.size() * sizeof(uint32_t)) + 2 * permutation_bytes_;
  return shares_ ? own : own + storage_->inputs.bytes() + storage_->targets.bytes() + storage_->table.bytes();
}

int DatasetStore::add(Dataset dataset) {
  datasets_.emplace(next_, std::move(dataset));
  return next_++;
}

const Dataset& DatasetStore::get(int id) const {
  const auto at = datasets_.find(id);
  if (at == datasets_.end()) throw Error(ErrorCode::option_range, "dataset: no dataset of number " + text(id));
  return at->second;
}

void DatasetStore::remove(int id) {
  get(id);
  datasets_.erase(id);
}

int64_t DatasetStore::bytes() const {
  int64_t total = 0;
  for (const auto& [id, dataset] : datasets_) total += dataset.bytes();
  return total;
}

}  // namespace bayesbinn
