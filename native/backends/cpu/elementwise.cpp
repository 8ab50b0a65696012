#include "backends/cpu/cpu_backend.h"
#include "backends/cpu/element_blocks.h"
#include "base/scalar_math.h"

namespace bayesbinn::BAYESBINN_ISA {
void CpuBackend::add(Tensor one, Tensor other, Tensor out, int64_t batch) {
  in_blocks(out.features * batch_stride(batch), kElementBlock, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) out.data[i] = one.data[i] + other.data[i];
  });
}

void CpuBackend::activate(Activation kind, Tensor x, Tensor y, int64_t batch) {
  in_blocks(x.features * batch_stride(batch), kElementBlock, [&](int64_t begin, int64_t end) {
    const float* __restrict in = x.data;
    float* __restrict out = y.data;
    if (kind == Activation::relu) {
      for (int64_t i = begin; i < end; ++i) out[i] = relu(in[i]);
    } else {
      for (int64_t i = begin; i < end; ++i) out[i] = tanh_float(in[i]);
    }
  });
}

void CpuBackend::activate_gradient(Activation kind, Tensor y, Tensor dy, Tensor dx, int64_t batch) {
  in_blocks(y.features * batch_stride(batch), kElementBlock, [&](int64_t begin, int64_t end) {
    const float* __restrict out = y.data;
    const float* __restrict gradient = dy.data;
    float* __restrict result = dx.data;
    if (kind == Activation::relu) {
      for (int64_t i = begin; i < end; ++i) result[i] = out[i] > 0.0f ? gradient[i] : 0.0f;
    } else {
      for (int64_t i = begin; i < end; ++i) result[i] = gradient[i] * (1.0f - out[i]) * (1.0f + out[i]);
    }
  });
}

}  // namespace bayesbinn::BAYESBINN_ISA
