// The loop of every loss: samples and positions of a batch against the formulas of losses/, and their sum.
#include "backends/cuda/cuda_backend.h"
#include "backends/cuda/device/kernel.h"
#include "backends/cuda/device/loss_kernels.h"

namespace bayesbinn::cuda {

struct LossParameters {
  const double* constants;  // may be null
  const float* outputs;
  const void* targets;
  float* gradient;  // may be null
  ChannelShape shape;
  int64_t batch;
  float gradient_scale;
  double share;        // of a position
  LossSums* partial;   // of each block
  LossSums* sums;      // of all
  QueuedStep* queued;  // takes the sums where it is not null
  int64_t blocks;
};

#ifdef __CUDACC__

__device__ __forceinline__ LossSums block_sums(const LossSums& value, double* space) {
  const double loss = block_sum(value.loss, space);
  return {loss, block_sum(value.correct, space)};
}

__device__ __forceinline__ void hand_over(const LossParameters& p, const LossSums& sums) {
  if (!p.queued) {
    *p.sums = sums;
    return;
  }
  p.queued->loss += p.queued->share * sums.loss;
  p.queued->correct += p.queued->share * sums.correct;
  if (!isfinite(sums.loss)) p.queued->halted = 1;
}

template <class Loss>
__device__ __forceinline__ auto target_of(const LossParameters& p, const LossPlace& at) {
  if constexpr (Loss::kLabels) {
    return static_cast<const int32_t*>(p.targets)[at.position * batch_stride(p.batch) + at.sample];
  } else {
    return activation_column(static_cast<const float*>(p.targets), at, p.shape, p.batch);
  }
}

template <class Loss>
__device__ __forceinline__ SampleLoss loss_of_outputs(const LossParameters& p, const LossPlace& at) {
  Column<float> gradient = {};
  if (p.gradient) gradient = activation_column(p.gradient, at, p.shape, p.batch);
  const SampleLoss result =
      Loss::sample(activation_column(p.outputs, at, p.shape, p.batch), target_of<Loss>(p, at), p.constants, gradient);
  for (int k = 0; k < gradient.count; ++k) gradient[k] *= p.gradient_scale;
  return result;
}

template <class Loss>
__device__ __forceinline__ SampleLoss loss_of_prediction(const LossParameters& p, const LossPlace& at) {
  return Loss::sample_of_prediction(row_column(p.outputs, at, p.shape), target_of<Loss>(p, at), p.constants);
}

template <class One>
__device__ __forceinline__ void sum_block(const LossParameters& p, double* space, One&& one) {
  LossSums sums = {0, 0};
  const int64_t i = thread_index();
  if (i < p.batch * p.shape.spatial) {
    const SampleLoss result = one(loss_place(i, p.batch));
    sums = {result.loss * p.share, result.correct * p.share};
  }
  sums = block_sums(sums, space);
  if (threadIdx.x != 0) return;
  if (p.blocks == 1)
    hand_over(p, sums);
  else
    p.partial[blockIdx.x] = sums;
}

#define BB_DEFINE_LOSS_KERNELS(Loss)                                                           \
  BB_KERNEL(kThreads, 1) BB_LOSS_KERNEL(loss, Loss)(const LossParameters p) {                  \
    BB_SHARED(double, space);                                                                  \
    sum_block(p, space, [&](const LossPlace& at) { return loss_of_outputs<Loss>(p, at); });    \
  }                                                                                            \
  BB_KERNEL(kThreads) BB_LOSS_KERNEL(prediction_loss, Loss)(const LossParameters p) {          \
    BB_SHARED(double, space);                                                                  \
    sum_block(p, space, [&](const LossPlace& at) { return loss_of_prediction<Loss>(p, at); }); \
  }
BB_LOSSES(BB_DEFINE_LOSS_KERNELS)

// One block.
BB_KERNEL(kThreads) sum_losses_kernel(const LossParameters p) {
  BB_SHARED(double, space);
  LossSums sums = {0, 0};
  for (int64_t block = threadIdx.x; block < p.blocks; block += kThreads) {
    sums.loss += p.partial[block].loss;
    sums.correct += p.partial[block].correct;
  }
  sums = block_sums(sums, space);
  if (threadIdx.x == 0) hand_over(p, sums);
}

#else

namespace {

constexpr unsigned kSumBytes = kThreads / kWarp * sizeof(double);

#define BB_NAME_LOSS_KERNEL(Loss) BB_LOSS_KERNEL_NAME(BB_LOSS_KERNEL(loss, Loss)),
#define BB_NAME_PREDICTION_KERNEL(Loss) BB_LOSS_KERNEL_NAME(BB_LOSS_KERNEL(prediction_loss, Loss)),
constexpr const char* kOfOutputs[] = {BB_LOSSES(BB_NAME_LOSS_KERNEL)};
constexpr const char* kOfPredictions[] = {BB_LOSSES(BB_NAME_PREDICTION_KERNEL)};

}  // namespace

LossSums CudaBackend::sum_losses(const LossCall& call, bool of_predictions) {
  const int64_t count = call.batch * call.shape.spatial, blocks = ceil_divide(count, kThreads);
  const LossParameters p = {call.constants,
                            call.outputs,
                            call.targets,
                            call.gradient,
                            call.shape,
                            call.batch,
                            static_cast<float>(1.0 / static_cast<double>(count)),
                            1.0 / static_cast<double>(call.shape.spatial),
                            scratch<LossSums>(ScratchUse::partial_sums, blocks),
                            scratch<LossSums>(ScratchUse::sums, 1),
                            of_predictions ? nullptr : queued_,
                            blocks};
  run({"losses", (of_predictions ? kOfPredictions : kOfOutputs)[call.formula]}, {blocks, kThreads, kSumBytes}, p);
  if (blocks > 1) run({"losses", "sum_losses_kernel"}, {1, kThreads, kSumBytes}, p);
  LossSums sums = {0, 0};
  if (!p.queued) download(&sums, p.sums, sizeof sums);
  return sums;
}

LossSums CudaBackend::loss(const LossCall& call) { return sum_losses(call, false); }

LossSums CudaBackend::loss_of_predictions(const LossCall& call, const float* host_predictions) {
  const int64_t values = call.batch * call.shape.channels * call.shape.spatial;
  auto* const rows = scratch<float>(ScratchUse::host_values, values);
  upload(rows, host_predictions, values * static_cast<int64_t>(sizeof(float)));
  LossCall of_rows = call;
  of_rows.outputs = rows;
  of_rows.gradient = nullptr;
  return sum_losses(of_rows, true);
}

#endif

}  // namespace bayesbinn::cuda
