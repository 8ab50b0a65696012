// Augmentation of training batches: which map each sample of a batch gets. Held against the network before the first.
#pragma once

#include <span>
#include <vector>

#include "augmentations/pipeline.h"
#include "backends/backend.h"
#include "base/shape.h"

namespace bayesbinn {

class BatchAugmentation {
 public:
  // For a network from `input` to `output`. ERR_SHAPE_MISMATCH where the input is no image, a step does not take images of
  // its size, or targets on a grid cannot go along; ERR_OPTION_RANGE where those would come from beyond the edges, and where
  // features of `data` are permuted.
  BatchAugmentation(const Pipeline& pipeline, const Shape& input, const Shape& output, const DeviceDataset& data);

  // The maps of a batch, until the next call: of each sample, by its stored index, and the epoch alone, so that neither
  // the size of batches nor where an epoch went on matters.
  const Resampling& draw(uint64_t seed, uint32_t epoch, std::span<const uint32_t> samples);
  // What the last `draw` gave.
  const Resampling& drawn() const { return resampling_; }

 private:
  void check_targets(const Shape& output, const CentreCut& cut);

  Pipeline pipeline_;
  Resampling resampling_ = {};
  std::vector<AffineMap> maps_;
  std::vector<Displacement> displacements_;
};

}  // namespace bayesbinn
