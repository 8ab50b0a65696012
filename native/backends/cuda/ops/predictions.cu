// Outputs of a batch as predictions, on the host.
#include "backends/cuda/cuda_backend.h"
#include "backends/cuda/device/kernel.h"
#include "backends/cuda/device/loss_kernels.h"

namespace bayesbinn::cuda {

struct LinkParameters {
  const float* outputs;
  float* rows;
  ChannelShape shape;
  int64_t batch;
};

#ifdef __CUDACC__

template <class Loss>
__device__ __forceinline__ void link(const LinkParameters& p) {
  const int64_t i = thread_index();
  if (i >= p.batch * p.shape.spatial) return;
  const LossPlace at = loss_place(i, p.batch);
  Loss::link(activation_column(p.outputs, at, p.shape, p.batch), row_column(p.rows, at, p.shape));
}

#define BB_DEFINE_LINK_KERNEL(Loss) \
  BB_KERNEL(kThreads) BB_LOSS_KERNEL(link, Loss)(const LinkParameters p) { link<Loss>(p); }
BB_LOSSES(BB_DEFINE_LINK_KERNEL)

#else

namespace {

#define BB_NAME_LINK_KERNEL(Loss) BB_LOSS_KERNEL_NAME(BB_LOSS_KERNEL(link, Loss)),
constexpr const char* kLinks[] = {BB_LOSSES(BB_NAME_LINK_KERNEL)};

}  // namespace

void CudaBackend::predictions(int formula, bool link, ChannelShape shape, const float* outputs, int64_t batch,
                              float* host) {
  const int64_t features = shape.channels * shape.spatial;
  if (!link) {
    export_rows({const_cast<float*>(outputs), features}, host, batch);
    return;
  }
  auto* const rows = scratch<float>(ScratchUse::host_values, features * batch);
  const LinkParameters p = {outputs, rows, shape, batch};
  run({"predictions", kLinks[formula]}, {ceil_divide(batch * shape.spatial, kThreads), kThreads}, p);
  download(host, rows, features * batch * static_cast<int64_t>(sizeof(float)));
}

#endif

}  // namespace bayesbinn::cuda
