// Between row-major host memory and the backend's layout.
#include <algorithm>

#include "backends/cpu/cpu_backend.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

constexpr int64_t kFeatureBlock = 64;

// out[f][b] = value(row(b)[s], s) with s = stored(f), for features begin..end: kBatchMultiple samples at once, whose
// places in `out` are a cache line, or the few there are. What lies beyond the batch is 0.
template <class T, class Row, class Stored, class Value>
void gather_rows(int64_t begin, int64_t end, int64_t batch, T* out, Row&& row, Stored&& stored, Value&& value) {
  const int64_t stride = batch_stride(batch);
  for (int64_t first = 0; first < batch; first += kBatchMultiple) {
    const int64_t count = std::min(kBatchMultiple, batch - first);
    decltype(row(0)) in[kBatchMultiple];
    for (int64_t i = 0; i < count; ++i) in[i] = row(first + i);
    for (int64_t f = begin; f < end; ++f) {
      T* __restrict line = out + f * stride + first;
      const int64_t s = stored(f);
      if (count == kBatchMultiple) {
        for (int64_t i = 0; i < kBatchMultiple; ++i) line[i] = value(in[i][s], s);
      } else {
        for (int64_t i = 0; i < count; ++i) line[i] = value(in[i][s], s);
        std::fill(line + count, line + std::min(kBatchMultiple, stride), T{0});
      }
    }
  }
}

template <class T, class Row>
void transpose_rows(int64_t begin, int64_t end, int64_t batch, T* out, Row&& row) {
  gather_rows(
      begin, end, batch, out, row, [](int64_t f) { return f; }, [](T value, int64_t) { return value; });
}

class HostRows final : public RowReader {
 public:
  HostRows(CpuBackend& backend, const float* host, int64_t rows, int64_t batch)
      : backend_(backend), host_(host), rows_(rows), batch_(batch) {}

  int64_t read(Tensor out) override {
    const int64_t batch = std::min(batch_, rows_);
    backend_.import_rows(host_, out, batch);
    host_ += batch * out.features;
    rows_ -= batch;
    return batch;
  }

 private:
  CpuBackend& backend_;
  const float* host_;
  int64_t rows_, batch_;
};

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

std::unique_ptr<RowReader> CpuBackend::read_rows(const float* host, int64_t rows, int64_t, int64_t batch) {
  return std::make_unique<HostRows>(*this, host, rows, batch);
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
  place_targets(host, nullptr, labels, width, {}, batch, targets);
}

// Rows of `host`, those of `indices` or all in order, or the centre of each, in the layout of activations.
void CpuBackend::place_targets(const void* host, const uint32_t* indices, bool labels, int64_t width,
                               const CentreCut& cut, int64_t batch, void* targets) {
  const auto place = [&]<class T>(const T* in, T* out) {
    const auto row = [&](int64_t b) { return in + (indices ? indices[b] : b) * width; };
    in_blocks(cut.count(width), kFeatureBlock, [&](int64_t begin, int64_t end) {
      if (cut.whole()) {
        transpose_rows(begin, end, batch, out, row);
      } else {
        gather_rows(
            begin, end, batch, out, row, [&](int64_t f) { return stored_place(cut, f); },
            [](T value, int64_t) { return value; });
      }
    });
  };
  if (labels) {
    place(static_cast<const int32_t*>(host), static_cast<int32_t*>(targets));
  } else {
    place(static_cast<const float*>(host), static_cast<float*>(targets));
  }
}

void CpuBackend::gather(const DeviceDataset& data, const uint32_t* indices, int64_t batch, Tensor out, void* targets) {
  const int64_t spatial = data.table_rows == 1 ? out.features : data.shape.spatial;  // features of a row of the table
  const auto first = [&](int64_t b) { return static_cast<int64_t>(indices[b]) * out.features; };
  const auto gather_features = [&](auto&& stored) {
    in_blocks(out.features, kFeatureBlock, [&](int64_t begin, int64_t end) {
      if (data.bytes) {
        gather_rows(
            begin, end, batch, out.data, [&](int64_t b) { return static_cast<const uint8_t*>(data.inputs) + first(b); },
            stored, [&](uint8_t value, int64_t f) { return data.byte_table[f / spatial * 256 + value]; });
      } else {
        gather_rows(
            begin, end, batch, out.data, [&](int64_t b) { return static_cast<const float*>(data.inputs) + first(b); },
            stored, [&](float value, int64_t f) { return value * data.scale[f / spatial] + data.shift[f / spatial]; });
      }
    });
  };
  if (data.permutation) {
    gather_features([&](int64_t f) { return static_cast<int64_t>(data.permutation[f]); });
  } else {
    gather_features([](int64_t f) { return f; });
  }
  if (targets) gather_targets(data, indices, batch, targets);
}

void CpuBackend::gather_targets(const DeviceDataset& data, const uint32_t* indices, int64_t batch, void* targets) {
  place_targets(data.targets, indices, data.labels, data.target_width, data.target_cut, batch, targets);
}

}  // namespace bayesbinn::BAYESBINN_ISA
