#include "core/batch_augmentation.h"

#include "base/error.h"

namespace bayesbinn {
namespace {

[[noreturn]] void mismatch(const std::string& what) { throw Error(ErrorCode::shape_mismatch, "augmentation: " + what); }

std::string text(const Grid& grid) { return std::to_string(grid.rows) + " x " + std::to_string(grid.columns); }

}  // namespace

BatchAugmentation::BatchAugmentation(const Pipeline& pipeline, const Shape& input, const Shape& output,
                                     const DeviceDataset& data)
    : pipeline_(pipeline) {
  if (data.permutation) {
    throw Error(ErrorCode::option_range,
                "augmentation: the features of the data set are permuted, accepted where they are as stored",
                {{"path", "augmentation"}});
  }
  if (input.size() != 3)
    mismatch("the network reads samples of shape " + to_string(input) + ", accepted: images [channels, rows, columns]");
  if (data.table_rows != 1 && data.table_rows != channels(input)) {
    mismatch("samples are normalised by " + std::to_string(data.table_rows) + " channels, but the network reads " +
             std::to_string(channels(input)));
  }
  resampling_.image = {input[1], input[2]};
  resampling_.fill = pipeline.fill();
  pipeline.validate(resampling_.image);
  if (spatial_size(output) > 1 || !data.target_cut.whole()) check_targets(output, data.target_cut);
}

void BatchAugmentation::check_targets(const Shape& output, const CentreCut& cut) {
  if (output.size() != 3) {
    mismatch("targets have a value a position, of an output of shape " + to_string(output) +
             ", accepted: [channels, rows, columns]");
  }
  const Grid grid = {output[1], output[2]};
  const Grid stored = cut.whole() ? grid : cut.stored;
  resampling_.target = {grid, stored};
  if (pipeline_.leaves() && pipeline_.fill() != Fill::reflect) {
    throw Error(ErrorCode::option_range,
                "augmentation: there are no targets beyond the edges, accepted where targets have a value a pixel: "
                "fill \"reflect\", or steps that stay within the image",
                {{"path", "augmentation"}});
  }
  if (stored == resampling_.image) return;
  if (!pipeline_.keeps_centre()) {
    mismatch("images of " + text(resampling_.image) + " have targets of " + text(stored) +
             ", accepted: targets of the same size, or steps that only mirror or make quarter turns");
  }
  pipeline_.validate(stored);
}

const Resampling& BatchAugmentation::draw(uint64_t seed, uint32_t epoch, std::span<const uint32_t> samples) {
  maps_.resize(samples.size());
  if (pipeline_.displaces()) displacements_.resize(samples.size());
  for (size_t i = 0; i < samples.size(); ++i) {
    const Draw draw = {seed, epoch, samples[i], Stream::augmentation, 0};
    Displacement* const displacement = pipeline_.displaces() ? &displacements_[i] : nullptr;
    maps_[i] = pipeline_.map(resampling_.image, draw, displacement);
  }
  resampling_.maps = maps_.data();
  resampling_.displacements = pipeline_.displaces() ? displacements_.data() : nullptr;
  return resampling_;
}

}  // namespace bayesbinn
