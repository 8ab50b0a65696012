// Samples in device memory, and views of them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/shape.h"
#include "core/buffer.h"

namespace bayesbinn {

// What a script hands over, on the host; copied, but for bytes that stay.
struct DatasetSource {
  std::string name;
  Shape sample_shape;
  std::span<const uint8_t> bytes;  // inputs: these or
  std::span<const float> floats;   // these
  std::span<const float> byte_table;
  std::span<const float> scale, shift;
  std::span<const int32_t> labels;  // targets: these or
  std::span<const float> rows;      // these
  int64_t target_width;
  Grid target_grid;  // of targets with a value a pixel; of no size: that of the network's output
  bool has_bytes, has_labels;
  bool bytes_stay;  // `bytes` outlive the dataset, and may be read in place: whatever is written to them is an input
};

// What the network wants of a dataset.
struct DatasetNeeds {
  Shape input, output;
  bool labels;
  bool probabilities;  // targets must lie in [0, 1]
  bool on_host;        // the copy takes of the memory that the system can tell the free part of
};

// Which samples of a dataset, and which of their features at each place; absent: all, as they are.
struct DatasetView {
  std::optional<std::span<const uint32_t>> indices;
  std::optional<std::span<const uint32_t>> permutation;
};

class Dataset {
 public:
  // Checks every length and label against `needs`. ERR_SHAPE_MISMATCH, ERR_OPTION_RANGE, ERR_NUMERIC,
  // and ERR_OUT_OF_MEMORY before anything is copied.
  Dataset(Backend& backend, const DatasetSource& source, const DatasetNeeds& needs);
  // A view of `base`. ERR_OPTION_RANGE, ERR_SHAPE_MISMATCH.
  Dataset(Backend& backend, const Dataset& base, const DatasetView& view);

  int64_t size() const { return static_cast<int64_t>(indices_.size()); }
  const DeviceDataset& device() const { return device_; }
  const std::vector<uint32_t>& indices() const { return indices_; }
  // Of this view alone where it shares its samples; without inputs that are read in place.
  int64_t bytes() const;

 private:
  struct Storage {
    Buffer inputs, table, targets;
  };
  struct Permutation {
    std::vector<uint32_t> features;
    Buffer device;
  };

  void permute(Backend& backend, std::span<const uint32_t> features);

  std::shared_ptr<Storage> storage_;
  std::shared_ptr<const Permutation> permutation_;  // null: none
  DeviceDataset device_ = {};
  bool shares_ = false;
  int64_t permutation_bytes_ = 0;  // of one that came with this view
  std::vector<uint32_t> indices_;
};

// Datasets by the number that scripts hold.
class DatasetStore {
 public:
  int add(Dataset dataset);
  // ERR_OPTION_RANGE where there is none of this number.
  const Dataset& get(int id) const;
  void remove(int id);
  int64_t bytes() const;

 private:
  std::map<int, Dataset> datasets_;
  int next_ = 1;
};

}  // namespace bayesbinn
