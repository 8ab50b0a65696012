// Gathering of resampled images and targets. Where the pixels of a tile come from is found once for all channels.
#include "backends/cuda/cuda_backend.h"
#include "backends/cuda/device/row_tile.h"

namespace bayesbinn::cuda {

struct ResampleParameters {
  const void* stored;
  uint32_t* out;
  bayesbinn::Grid image;
  TargetGrids target;  // of targets
  int64_t channels, batch;
  QueuedIndices indices;
  QueuedMaps maps;
  QueuedDisplacements displacements;  // in kernels that displace
  Fill fill;
  bool one_row;             // channels are normalised alike
  const float* byte_table;  // bytes
  const float* scale;       // floats
  const float* shift;
};

// What a block keeps of its tile.
struct ResampleSpace {
  uint32_t tile[kTileWords];
  AffineMap maps[kTile];
  bool onto_pixels[kTile];
};

#ifdef __CUDACC__

constexpr int32_t kBeyond = -1;  // in place of a pixel: what is beyond the edges

__device__ __forceinline__ int64_t seen(int64_t place, int64_t size, Fill fill) {
  if (place >= 0 && place < size) return place;
  return fill == Fill::reflect ? reflected(place, size) : kBeyond;
}

__device__ __forceinline__ int32_t pixel_at(int64_t row, int64_t column, const bayesbinn::Grid& grid) {
  return row < 0 || column < 0 ? kBeyond : static_cast<int32_t>(row * grid.columns + column);
}

// The stored pixel at a place; half-way between two it is the later one.
__device__ __forceinline__ int32_t nearest_pixel(const Place& at, const bayesbinn::Grid& grid, Fill fill) {
  return pixel_at(seen(static_cast<int64_t>(floor(at.row + 0.5)), grid.rows, fill),
                  seen(static_cast<int64_t>(floor(at.column + 0.5)), grid.columns, fill), grid);
}

// The four pixels around a place, and where it is between them; or just the first.
struct Corners {
  int32_t above_left, above_right, below_left, below_right;
  float down, right;
  bool one;
};

__device__ __forceinline__ Corners find_corners(const Place& at, const bayesbinn::Grid& grid, Fill fill) {
  const double row = floor(at.row), column = floor(at.column);
  const int64_t r = static_cast<int64_t>(row), c = static_cast<int64_t>(column);
  const int64_t above = seen(r, grid.rows, fill), below = seen(r + 1, grid.rows, fill);
  const int64_t left = seen(c, grid.columns, fill), right = seen(c + 1, grid.columns, fill);
  return {pixel_at(above, left, grid),
          pixel_at(above, right, grid),
          pixel_at(below, left, grid),
          pixel_at(below, right, grid),
          static_cast<float>(at.row - row),
          static_cast<float>(at.column - column),
          false};
}

// Where places of a sample are stored.
struct Mapped {
  const AffineMap& map;
  bool onto_pixels;

  __device__ Place operator()(double row, double column) const { return apply(map, row, column); }
};

// The same after a displacement.
struct Displaced {
  const AffineMap& map;
  const Displacement& by;
  static constexpr bool onto_pixels = false;

  __device__ Place operator()(double row, double column) const {
    const Place at = displaced(by, row, column);
    return apply(map, at.row, at.column);
  }
};

// Stored bytes of a channel as network inputs.
struct ByteChannel {
  using Stored = uint8_t;
  const float* table;
  float beyond;

  __device__ ByteChannel(const ResampleParameters& p, int64_t channel)
      : table(p.byte_table + (p.one_row ? 0 : channel * 256)), beyond(p.fill == Fill::mean ? 0.0f : table[0]) {}
  __device__ float operator()(uint8_t value) const { return table[value]; }
};

// Stored floats alike.
struct FloatChannel {
  using Stored = float;
  float scale, shift, beyond;

  __device__ FloatChannel(const ResampleParameters& p, int64_t channel)
      : scale(p.scale[p.one_row ? 0 : channel]),
        shift(p.shift[p.one_row ? 0 : channel]),
        beyond(p.fill == Fill::mean ? 0.0f : shift) {}
  __device__ float operator()(float value) const { return value * scale + shift; }
};

// Network inputs, interpolated.
template <class Channel>
struct Interpolated {
  using Stored = typename Channel::Stored;
  using Source = Corners;

  __device__ static const bayesbinn::Grid& in_batch(const ResampleParameters& p) { return p.image; }
  __device__ static const bayesbinn::Grid& as_stored(const ResampleParameters& p) { return p.image; }
  template <class Where>
  __device__ static Source find(const Where& where, double row, double column, const ResampleParameters& p) {
    const Place at = where(row, column);
    if (!where.onto_pixels) return find_corners(at, p.image, p.fill);
    return {nearest_pixel(at, p.image, p.fill), 0, 0, 0, 0, 0, true};
  }

  Channel normalise;
  __device__ Interpolated(const ResampleParameters& p, int64_t channel) : normalise(p, channel) {}

  __device__ float at(const Stored* in, int32_t pixel) const {
    return pixel < 0 ? normalise.beyond : normalise(in[pixel]);
  }
  __device__ uint32_t operator()(const Stored* in, const Source& from) const {
    const float above_left = at(in, from.above_left);
    if (from.one) return __float_as_uint(above_left);
    const float above_right = at(in, from.above_right);
    const float below_left = at(in, from.below_left), below_right = at(in, from.below_right);
    const float above = above_left + from.right * (above_right - above_left);
    const float below = below_left + from.right * (below_right - below_left);
    return __float_as_uint(above + from.down * (below - above));
  }
};

// Words of targets, the nearest ones.
struct Nearest {
  using Stored = uint32_t;
  using Source = int32_t;

  __device__ static const bayesbinn::Grid& in_batch(const ResampleParameters& p) { return p.target.batch; }
  __device__ static const bayesbinn::Grid& as_stored(const ResampleParameters& p) { return p.target.stored; }
  template <class Where>
  __device__ static Source find(const Where& where, double row, double column, const ResampleParameters& p) {
    const Place from = place_in_image(p.image, p.target.batch, row, column);
    const Place at = place_in_grid(p.image, p.target.stored, where(from.row, from.column));
    return nearest_pixel(at, p.target.stored, Fill::reflect);
  }
  __device__ Nearest(const ResampleParameters&, int64_t) {}
  __device__ uint32_t operator()(const Stored* in, const Source& from) const { return in[from]; }
};

template <class Method, bool kDisplaced>
__device__ __forceinline__ void resample_tile(const ResampleParameters& p, ResampleSpace& space) {
  using Stored = typename Method::Stored;
  const bayesbinn::Grid &grid = Method::in_batch(p), &stored = Method::as_stored(p);
  const int64_t size = grid.rows * grid.columns, stored_size = stored.rows * stored.columns;
  const int64_t stride = batch_stride(p.batch);
  const TilePlace place = tile_at(blockIdx.x, p.batch);
  if (threadIdx.x < kTile && place.sample + threadIdx.x < p.batch) {
    const AffineMap map = QueuedMaps::resolve(p.maps)[place.sample + threadIdx.x];
    space.maps[threadIdx.x] = map;
    space.onto_pixels[threadIdx.x] = onto_pixels(map);
  }
  __syncthreads();

  const int64_t pixel = place.feature + lane_index();
  const double row = static_cast<double>(pixel / grid.columns);
  const double column = static_cast<double>(pixel % grid.columns);
  const uint32_t* const numbers = QueuedIndices::resolve(p.indices);
  typename Method::Source sources[kTileItems] = {};
  const Stored* images[kTileItems] = {};  // null: nothing to do
#pragma unroll
  for (int i = 0; i < kTileItems; ++i) {
    const int sample = warp_index() + i * kTileWarps;
    if (pixel >= size || place.sample + sample >= p.batch) continue;
    const int64_t number = numbers[place.sample + sample];
    images[i] = static_cast<const Stored*>(p.stored) + number * p.channels * stored_size;
    if constexpr (kDisplaced) {
      const Displacement& by = QueuedDisplacements::resolve(p.displacements)[place.sample + sample];
      sources[i] = Method::find(Displaced{space.maps[sample], by}, row, column, p);
    } else {
      sources[i] = Method::find(Mapped{space.maps[sample], space.onto_pixels[sample]}, row, column, p);
    }
  }
  for (int64_t channel = 0; channel < p.channels; ++channel) {
    const Method value(p, channel);
    uint32_t words[kTileItems] = {};
#pragma unroll
    for (int i = 0; i < kTileItems; ++i) {
      if (images[i]) words[i] = value(images[i] + channel * stored_size, sources[i]);
    }
    put_along_features(words, space.tile);
    write_features(space.tile, place, size, stride, p.out + channel * size * stride);
  }
}

BB_KERNEL(kThreads) resample_bytes_kernel(const ResampleParameters p) {
  BB_SHARED(ResampleSpace, space);
  resample_tile<Interpolated<ByteChannel>, false>(p, *space);
}

BB_KERNEL(kThreads) resample_floats_kernel(const ResampleParameters p) {
  BB_SHARED(ResampleSpace, space);
  resample_tile<Interpolated<FloatChannel>, false>(p, *space);
}

BB_KERNEL(kThreads) resample_targets_kernel(const ResampleParameters p) {
  BB_SHARED(ResampleSpace, space);
  resample_tile<Nearest, false>(p, *space);
}

BB_KERNEL(kThreads) displace_bytes_kernel(const ResampleParameters p) {
  BB_SHARED(ResampleSpace, space);
  resample_tile<Interpolated<ByteChannel>, true>(p, *space);
}

BB_KERNEL(kThreads) displace_floats_kernel(const ResampleParameters p) {
  BB_SHARED(ResampleSpace, space);
  resample_tile<Interpolated<FloatChannel>, true>(p, *space);
}

BB_KERNEL(kThreads) displace_targets_kernel(const ResampleParameters p) {
  BB_SHARED(ResampleSpace, space);
  resample_tile<Nearest, true>(p, *space);
}

#else

QueuedMaps CudaBackend::maps_for(const Resampling& resampling, int64_t batch) {
  if (queued_) return {queue_->maps(), queued_, batch};
  auto* const maps = scratch<AffineMap>(ScratchUse::maps, batch);
  upload(maps, resampling.maps, batch * static_cast<int64_t>(sizeof(AffineMap)));
  return {maps, nullptr, 0};
}

QueuedDisplacements CudaBackend::displacements_for(const Resampling& resampling, int64_t batch) {
  if (!resampling.displacements) return {};
  if (queued_) return {queue_->displacements(), queued_, batch};
  auto* const displacements = scratch<Displacement>(ScratchUse::displacements, batch);
  upload(displacements, resampling.displacements, batch * static_cast<int64_t>(sizeof(Displacement)));
  return {displacements, nullptr, 0};
}

void CudaBackend::gather_resampled(const DeviceDataset& data, const uint32_t* host_indices, int64_t batch,
                                   const Resampling& resampling, Tensor out, void* targets) {
  const QueuedIndices indices = indices_for(host_indices, batch);
  ResampleParameters p = {data.inputs,
                          reinterpret_cast<uint32_t*>(out.data),
                          resampling.image,
                          resampling.target,
                          out.features / resampling.image.size(),
                          batch,
                          indices,
                          maps_for(resampling, batch),
                          displacements_for(resampling, batch),
                          resampling.fill,
                          data.table_rows == 1,
                          data.byte_table,
                          data.scale,
                          data.shift};
  const auto resample = [&](const char* kernel, int64_t size) {
    run({"resampling", kernel}, {tile_count(size, batch), kThreads, sizeof(ResampleSpace)}, p);
  };
  const bool displaces = resampling.displacements != nullptr;
  resample(data.bytes  ? displaces ? "displace_bytes_kernel" : "resample_bytes_kernel"
           : displaces ? "displace_floats_kernel"
                       : "resample_floats_kernel",
           resampling.image.size());
  if (!targets) return;
  if (resampling.target.batch.size() == 0) {
    place_rows(target_rows(data, indices, batch, targets));
    return;
  }
  p.stored = data.targets;
  p.out = static_cast<uint32_t*>(targets);
  p.channels = data.target_width / resampling.target.stored.size();
  resample(displaces ? "displace_targets_kernel" : "resample_targets_kernel", resampling.target.batch.size());
}

#endif

}  // namespace bayesbinn::cuda
