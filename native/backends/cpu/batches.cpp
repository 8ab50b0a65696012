// Between row-major host memory and the backend's layout.
#include <algorithm>

#include "backends/cpu/cpu_backend.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

constexpr int64_t kFeatureBlock = 64;

// out[width][stride] from rows of `width` values that `row(b)` gives.
template <class T, class Row>
void transpose_rows(int64_t begin, int64_t end, int64_t batch, T* out, Row&& row) {
  const int64_t stride = batch_stride(batch);
  for (int64_t b = 0; b < batch; ++b) {
    const T* in = row(b);
    for (int64_t f = begin; f < end; ++f) out[f * stride + b] = in[f];
  }
  for (int64_t f = begin; f < end; ++f) std::fill(out + f * stride + batch, out + (f + 1) * stride, T{0});
}

}  // namespace

int64_t CpuBackend::activation_bytes(int64_t features, int64_t batch) const {
  return features * batch_stride(batch) * static_cast<int64_t>(sizeof(float));
}

int64_t CpuBackend::target_bytes(bool labels, int64_t width, int64_t batch) const {
  return width * batch_stride(batch) * static_cast<int64_t>(labels ? sizeof(int32_t) : sizeof(float));
}

void CpuBackend::import_rows(const float* host, Tensor out, int64_t batch) {
  in_blocks(out.features, kFeatureBlock, [&](int64_t begin, int64_t end) {
    transpose_rows(begin, end, batch, out.data, [&](int64_t b) { return host + b * out.features; });
  });
}

void CpuBackend::export_rows(Tensor in, float* host, int64_t batch) {
  const int64_t stride = batch_stride(batch);
  in_blocks(in.features, kFeatureBlock, [&](int64_t begin, int64_t end) {
    for (int64_t b = 0; b < batch; ++b) {
      for (int64_t f = begin; f < end; ++f) host[b * in.features + f] = in.data[f * stride + b];
    }
  });
}

void CpuBackend::import_targets(const void* host, bool labels, int64_t width, int64_t batch, void* targets) {
  if (labels) {
    const auto* in = static_cast<const int32_t*>(host);
    transpose_rows(0, width, batch, static_cast<int32_t*>(targets), [&](int64_t b) { return in + b * width; });
  } else {
    const auto* in = static_cast<const float*>(host);
    transpose_rows(0, width, batch, static_cast<float*>(targets), [&](int64_t b) { return in + b * width; });
  }
}

void CpuBackend::gather(const DeviceDataset& data, const uint32_t* indices, int64_t batch, Tensor out, void* targets) {
  const int64_t stride = batch_stride(batch);
  const int64_t spatial = data.shape.spatial;
  in_blocks(out.features, kFeatureBlock, [&](int64_t begin, int64_t end) {
    for (int64_t b = 0; b < batch; ++b) {
      const int64_t first = static_cast<int64_t>(indices[b]) * out.features;
      for (int64_t f = begin; f < end; ++f) {
        const int64_t row = data.table_rows == 1 ? 0 : f / spatial;
        float& value = out.data[f * stride + b];
        if (data.bytes) {
          value = data.byte_table[row * 256 + static_cast<const uint8_t*>(data.inputs)[first + f]];
        } else {
          value = static_cast<const float*>(data.inputs)[first + f] * data.scale[row] + data.shift[row];
        }
      }
    }
    for (int64_t f = begin; f < end; ++f) std::fill(out.data + f * stride + batch, out.data + (f + 1) * stride, 0.0f);
  });
  if (!targets) return;
  const int64_t width = data.target_width;
  if (data.labels) {
    const auto* in = static_cast<const int32_t*>(data.targets);
    transpose_rows(0, width, batch, static_cast<int32_t*>(targets), [&](int64_t b) { return in + indices[b] * width; });
  } else {
    const auto* in = static_cast<const float*>(data.targets);
    transpose_rows(0, width, batch, static_cast<float*>(targets), [&](int64_t b) { return in + indices[b] * width; });
  }
}

}  // namespace bayesbinn::BAYESBINN_ISA
