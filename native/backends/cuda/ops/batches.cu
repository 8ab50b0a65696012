// Between row-major memory and the layout of activations.
#include "backends/cuda/cuda_backend.h"
#include "backends/cuda/device/row_tile.h"

namespace bayesbinn::cuda {

struct ExportParameters {
  const float* in;
  float* rows;
  int64_t features, batch;
};

// Samples of a data set; blocks beyond those of the inputs take the targets.
struct GatherParameters {
  const void* inputs;
  float* out;
  int64_t features, batch;
  int64_t spatial;          // features that are normalised alike
  const float* byte_table;  // bytes
  const float* scale;       // floats
  const float* shift;
  const uint32_t* permutation;  // null: features as stored
  QueuedIndices indices;
  RowCopy targets;
};

#ifdef __CUDACC__

BB_KERNEL(kThreads) import_rows_kernel(const RowCopy p) {
  BB_SHARED(uint32_t, tile);
  copy_rows(p, blockIdx.x, tile);
}

BB_KERNEL(kThreads) export_rows_kernel(const ExportParameters p) {
  BB_SHARED(float, tile);
  const TilePlace place = tile_at(blockIdx.x, p.batch);
  const int64_t stride = batch_stride(p.batch);
  {
    const int row = static_cast<int>(threadIdx.x) / (kTile / 4);
    const int column = static_cast<int>(threadIdx.x) % (kTile / 4) * 4;
    const int64_t feature = place.feature + row, sample = place.sample + column;
    if (feature < p.features && sample < stride) {
      const float4 four = *reinterpret_cast<const float4*>(p.in + feature * stride + sample);
      float* const to = tile + row * kTilePitch + column;
      to[0] = four.x;
      to[1] = four.y;
      to[2] = four.z;
      to[3] = four.w;
    }
  }
  __syncthreads();
  const int64_t feature = place.feature + lane_index();
  for (int sample = warp_index(); sample < kTile; sample += kTileWarps) {
    const int64_t b = place.sample + sample;
    if (feature < p.features && b < p.batch)
      p.rows[b * p.features + feature] = tile[lane_index() * kTilePitch + sample];
  }
}

// normalise(value, row of the table) of stored values of type T.
template <class T, class Normalise>
__device__ __forceinline__ void gather_tile(const GatherParameters& p, uint32_t* tile, Normalise&& normalise) {
  const int64_t input_tiles = tile_count(p.features, p.batch);
  if (blockIdx.x >= input_tiles) {
    copy_rows(p.targets, blockIdx.x - input_tiles, tile);
    return;
  }
  const TilePlace place = tile_at(blockIdx.x, p.batch);
  const uint32_t* const numbers = QueuedIndices::resolve(p.indices);
  const T* const rows = static_cast<const T*>(p.inputs);
  // A thread has one feature of its tile.
  int64_t stored = place.feature + lane_index();
  if (p.permutation && stored < p.features) stored = p.permutation[stored];
  const int64_t row = stored / p.spatial;  // of the table
  transpose_tile(place, p.features, p.batch, tile, reinterpret_cast<uint32_t*>(p.out), [&](int64_t, int64_t sample) {
    const T value = rows[static_cast<int64_t>(numbers[sample]) * p.features + stored];
    return __float_as_uint(normalise(value, row));
  });
}

BB_KERNEL(kThreads) gather_bytes_kernel(const GatherParameters p) {
  BB_SHARED(uint32_t, tile);
  gather_tile<uint8_t>(p, tile, [&](uint8_t value, int64_t row) { return p.byte_table[row * 256 + value]; });
}

BB_KERNEL(kThreads) gather_floats_kernel(const GatherParameters p) {
  BB_SHARED(uint32_t, tile);
  gather_tile<float>(p, tile, [&](float value, int64_t row) { return value * p.scale[row] + p.shift[row]; });
}

#else

int64_t CudaBackend::activation_bytes(int64_t features, int64_t batch) const {
  return features * batch_stride(batch) * static_cast<int64_t>(sizeof(float));
}

int64_t CudaBackend::target_bytes(bool, int64_t width, int64_t batch) const {
  static_assert(sizeof(int32_t) == sizeof(float));
  return activation_bytes(width, batch);
}

// Labels and floats alike.
void CudaBackend::place_rows(const RowCopy& rows) {
  run({"batches", "import_rows_kernel"}, {tile_count(rows.width, rows.batch), kThreads, kTileBytes}, rows);
}

void CudaBackend::import_targets(const void* host, bool, int64_t width, int64_t batch, void* targets) {
  const int64_t words = width * batch;
  auto* const rows = scratch<uint32_t>(ScratchUse::host_values, words);
  upload(rows, host, words * static_cast<int64_t>(sizeof(uint32_t)));
  place_rows({rows, static_cast<uint32_t*>(targets), width, batch, {}});
}

void CudaBackend::import_rows(const float* host, Tensor out, int64_t batch) {
  import_targets(host, false, out.features, batch, out.data);
}

std::unique_ptr<RowReader> CudaBackend::read_rows(const float* host, int64_t rows, int64_t features, int64_t batch) {
  if (!staging_) staging_ = std::make_unique<RowStaging>(*this);
  return std::make_unique<StagedRows>(*this, *staging_, host, rows, features, batch);
}

void CudaBackend::export_rows(Tensor in, float* host, int64_t batch) {
  const int64_t values = in.features * batch;
  auto* const rows = scratch<float>(ScratchUse::host_values, values);
  const ExportParameters p = {in.data, rows, in.features, batch};
  run({"batches", "export_rows_kernel"}, {tile_count(p.features, p.batch), kThreads, kTileBytes}, p);
  download(host, rows, values * static_cast<int64_t>(sizeof(float)));
}

// Without `targets` none.
RowCopy CudaBackend::target_rows(const DeviceDataset& data, const QueuedIndices& indices, int64_t batch,
                                 void* targets) const {
  const int64_t width = targets ? data.target_cut.count(data.target_width) : 0;
  auto* const out = static_cast<uint32_t*>(targets);
  return {static_cast<const uint32_t*>(data.targets), out, width, batch, indices, data.target_cut, data.target_width};
}

void CudaBackend::gather(const DeviceDataset& data, const uint32_t* host_indices, int64_t batch, Tensor out,
                         void* targets) {
  const QueuedIndices indices = indices_for(host_indices, batch);
  const RowCopy target_copy = target_rows(data, indices, batch, targets);
  const GatherParameters p = {data.inputs,
                              out.data,
                              out.features,
                              batch,
                              data.table_rows == 1 ? out.features : data.shape.spatial,
                              data.byte_table,
                              data.scale,
                              data.shift,
                              data.permutation,
                              indices,
                              target_copy};
  const Grid grid = {tile_count(p.features, batch) + tile_count(target_copy.width, batch), kThreads, kTileBytes};
  run({"batches", data.bytes ? "gather_bytes_kernel" : "gather_floats_kernel"}, grid, p);
}

#endif

}  // namespace bayesbinn::cuda
