// The loop of every loss: samples and positions of a batch against the formulas of losses/.
#include <algorithm>
#include <vector>

#include "backends/cpu/cpu_backend.h"
#include "base/ceil_divide.h"
#include "losses/list.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

// Samples and positions a block; sums of blocks are added in order.
constexpr int64_t kSampleBlock = 64;
constexpr int64_t kPositionBlock = 256;

struct Places {
  int64_t stride;
  ChannelShape shape;

  int64_t first(int64_t position, int64_t sample) const { return position * stride + sample; }
  int64_t step() const { return shape.spatial * stride; }

  template <class T>
  Column<T> column(T* data, int64_t position, int64_t sample) const {
    return {data ? data + first(position, sample) : nullptr, step(), static_cast<int>(shape.channels)};
  }
};

template <class Loss>
auto target_of(const LossCall& call, const Places& places, int64_t position, int64_t sample) {
  if constexpr (Loss::kLabels) {
    return static_cast<const int32_t*>(call.targets)[places.first(position, sample)];
  } else {
    return places.column(static_cast<const float*>(call.targets), position, sample);
  }
}

// Blocks of the samples and positions of a batch.
struct Blocks {
  int64_t batch, spatial;

  int64_t across() const { return ceil_divide(spatial, kPositionBlock); }
  int64_t count() const { return ceil_divide(batch, kSampleBlock) * across(); }

  // Calls one(sample, position) for those of a block.
  template <class One>
  void visit(int64_t block, One&& one) const {
    const int64_t first = block / across() * kSampleBlock, position = block % across() * kPositionBlock;
    for (int64_t s = position; s < std::min(position + kPositionBlock, spatial); ++s) {
      for (int64_t b = first; b < std::min(first + kSampleBlock, batch); ++b) one(b, s);
    }
  }
};

// Sums one(sample, position) over a batch, block by block. in_tasks(count, task) runs tasks.
template <class InTasks, class One>
LossSums sum_batch(const LossCall& call, InTasks&& in_tasks, One&& one) {
  const double share = 1.0 / static_cast<double>(call.shape.spatial);
  const Blocks blocks = {call.batch, call.shape.spatial};
  std::vector<LossSums> sums(static_cast<size_t>(blocks.count()));
  in_tasks(blocks.count(), [&](int64_t block, int64_t) {
    LossSums sum = {0, 0};
    blocks.visit(block, [&](int64_t b, int64_t s) {
      const SampleLoss result = one(b, s);
      sum.loss += result.loss * share;
      sum.correct += result.correct * share;
    });
    sums[static_cast<size_t>(block)] = sum;
  });
  LossSums total = {0, 0};
  for (const LossSums& sum : sums) total = {total.loss + sum.loss, total.correct + sum.correct};
  return total;
}

}  // namespace

LossSums CpuBackend::loss(const LossCall& call) {
  const Timed timed(profile, Part::loss);
  const Places places = {batch_stride(call.batch), call.shape};
  const auto scale = static_cast<float>(1.0 / static_cast<double>(call.shape.spatial * call.batch));
  LossSums total = {};
  Losses::visit(call.formula, [&]<class Loss>() {
    total = sum_batch(
        call, [&](int64_t count, auto&& task) { in_blocks(count, 1, task); },
        [&](int64_t b, int64_t s) {
          const Column<float> gradient = places.column(call.gradient, s, b);
          const SampleLoss result = Loss::sample(places.column(call.outputs, s, b), target_of<Loss>(call, places, s, b),
                                                 call.constants, gradient);
          for (int k = 0; call.gradient && k < gradient.count; ++k) gradient[k] *= scale;
          return result;
        });
  });
  return total;
}

void CpuBackend::predictions(int formula, bool link, ChannelShape shape, const float* outputs, int64_t batch,
                             float* host) {
  const Places places = {batch_stride(batch), shape};
  const int64_t features = shape.channels * shape.spatial;
  if (!link) {
    export_rows({const_cast<float*>(outputs), features}, host, batch);
    return;
  }
  Losses::visit(formula, [&]<class Loss>() {
    const Blocks blocks = {batch, shape.spatial};
    in_blocks(blocks.count(), 1, [&](int64_t block, int64_t) {
      blocks.visit(block, [&](int64_t b, int64_t s) {
        Loss::link(places.column(outputs, s, b),
                   Column<float>{host + b * features + s, shape.spatial, static_cast<int>(shape.channels)});
      });
    });
  });
}

LossSums CpuBackend::loss_of_predictions(const LossCall& call, const float* host) {
  const Places places = {batch_stride(call.batch), call.shape};
  const int64_t features = call.shape.channels * call.shape.spatial;
  LossSums total = {};
  Losses::visit(call.formula, [&]<class Loss>() {
    total = sum_batch(
        call, [&](int64_t count, auto&& task) { in_blocks(count, 1, task); },
        [&](int64_t b, int64_t s) {
          const Column<const float> prediction = {host + b * features + s, call.shape.spatial,
                                                  static_cast<int>(call.shape.channels)};
          return Loss::sample_of_prediction(prediction, target_of<Loss>(call, places, s, b), call.constants);
        });
  });
  return total;
}

}  // namespace bayesbinn::BAYESBINN_ISA
