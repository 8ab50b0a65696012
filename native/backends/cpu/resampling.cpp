// Gathering of resampled images. Where the pixels of a block come from is found once for all channels.
#include <algorithm>
#include <array>
#include <cmath>

#include "backends/cpu/cpu_backend.h"

namespace bayesbinn::BAYESBINN_ISA {
namespace {

constexpr int64_t kPixelBlock = 32;
constexpr int32_t kBeyond = -1;  // in place of a pixel: what is beyond the edges

// A block of pixels of up to kBatchMultiple samples, whose places in a feature are a cache line.
struct Tile {
  int64_t first_sample, samples;
  int64_t first_pixel, pixels;
};

// For each pixel of a tile and each sample, a pixel of the stored image.
using Sources = int32_t[kPixelBlock][kBatchMultiple];
// How far between two pixels.
using Fractions = float[kPixelBlock][kBatchMultiple];

int64_t seen(int64_t place, int64_t size, Fill fill) {
  if (place >= 0 && place < size) return place;
  return fill == Fill::reflect ? reflected(place, size) : kBeyond;
}

int32_t pixel_at(int64_t row, int64_t column, const Grid& grid) {
  return row < 0 || column < 0 ? kBeyond : static_cast<int32_t>(row * grid.columns + column);
}

// visit(k, i, row, column) for the k-th pixel and the i-th sample of a tile.
template <class Visit>
void each_pixel(const Tile& tile, const Grid& grid, Visit&& visit) {
  for (int64_t i = 0; i < tile.samples; ++i) {
    int64_t row = tile.first_pixel / grid.columns, column = tile.first_pixel % grid.columns;
    for (int64_t k = 0; k < tile.pixels; ++k) {
      visit(k, i, static_cast<double>(row), static_cast<double>(column));
      if (++column == grid.columns) column = 0, ++row;
    }
  }
}

// Where places of the i-th sample of a tile are stored.
struct Mapped {
  const AffineMap* maps;

  Place operator()(int64_t i, double row, double column) const { return apply(maps[i], row, column); }
  bool onto_pixels(int64_t samples) const {
    return std::all_of(maps, maps + samples, [](const AffineMap& map) { return bayesbinn::onto_pixels(map); });
  }
};

// The same after displacements, with the knots around the last place: mostly the next one of a row lies between them too.
class Displaced {
 public:
  Displaced(const AffineMap* maps, const Displacement* displacements) : maps_(maps), displacements_(displacements) {}

  Place operator()(int64_t i, double row, double column) {
    const Displacement& by = displacements_[i];
    const Place place = apply(by.inner, row, column);
    const KnotWeights right = knots_at(place.column * by.columns, by.knots);
    if (i != sample_ || place.row != row_ || right.first != first_) {
      line_ = line_of(by, place.row, right.first);
      sample_ = i;
      row_ = place.row;
      first_ = right.first;
    }
    const Place at = displaced_on(line_, right, place);
    return apply(maps_[i], at.row, at.column);
  }
  bool onto_pixels(int64_t) const { return false; }

 private:
  const AffineMap* maps_;
  const Displacement* displacements_;
  KnotLine line_ = {};
  int64_t sample_ = -1;  // none yet
  double row_ = 0;
  int32_t first_ = 0;
};

// visit(k, i, place) alike, with the place in the stored image.
template <class Where, class Visit>
void each_place(const Tile& tile, const Grid& grid, Where where, Visit&& visit) {
  each_pixel(tile, grid, [&](int64_t k, int64_t i, double row, double column) { visit(k, i, where(i, row, column)); });
}

// Where every map is `onto_pixels`: without rounding.
template <class Where>
void find_pixels(const Tile& tile, const Grid& grid, const Where& where, Fill fill, Sources& pixels) {
  each_place(tile, grid, where, [&](int64_t k, int64_t i, Place at) {
    pixels[k][i] = pixel_at(seen(static_cast<int64_t>(at.row), grid.rows, fill),
                            seen(static_cast<int64_t>(at.column), grid.columns, fill), grid);
  });
}

template <class Where>
void find_targets(const Tile& tile, const Resampling& how, Where where, Sources& nearest) {
  const Grid& stored = how.target.stored;
  each_pixel(tile, how.target.batch, [&](int64_t k, int64_t i, double row, double column) {
    const Place from = place_in_image(how.image, how.target.batch, row, column);
    const Place at = place_in_grid(how.image, stored, where(i, from.row, from.column));
    nearest[k][i] = pixel_at(reflected(static_cast<int64_t>(std::floor(at.row + 0.5)), stored.rows),
                             reflected(static_cast<int64_t>(std::floor(at.column + 0.5)), stored.columns), stored);
  });
}

// The four pixels around a place, and where it is between them.
struct Corners {
  Sources above_left, above_right, below_left, below_right;
  Fractions down, right;
};

template <class Where>
void find_corners(const Tile& tile, const Grid& grid, const Where& where, Fill fill, Corners& corners) {
  each_place(tile, grid, where, [&](int64_t k, int64_t i, Place at) {
    const double row = std::floor(at.row), column = std::floor(at.column);
    const auto r = static_cast<int64_t>(row), c = static_cast<int64_t>(column);
    const int64_t above = seen(r, grid.rows, fill), below = seen(r + 1, grid.rows, fill);
    const int64_t left = seen(c, grid.columns, fill), right = seen(c + 1, grid.columns, fill);
    corners.above_left[k][i] = pixel_at(above, left, grid);
    corners.above_right[k][i] = pixel_at(above, right, grid);
    corners.below_left[k][i] = pixel_at(below, left, grid);
    corners.below_right[k][i] = pixel_at(below, right, grid);
    corners.down[k][i] = static_cast<float>(at.row - row);
    corners.right[k][i] = static_cast<float>(at.column - column);
  });
}

// out[channel][pixel][sample] = value(k, i) for the pixels and samples of a tile, where value = of_channel(channel); what
// lies beyond the batch is 0.
template <class T, class OfChannel>
void write_tile(const Tile& tile, int64_t channels, int64_t size, int64_t batch, T* out, OfChannel&& of_channel) {
  const int64_t stride = batch_stride(batch);
  for (int64_t channel = 0; channel < channels; ++channel) {
    const auto value = of_channel(channel);
    for (int64_t k = 0; k < tile.pixels; ++k) {
      T* __restrict line = out + (channel * size + tile.first_pixel + k) * stride + tile.first_sample;
      for (int64_t i = 0; i < tile.samples; ++i) line[i] = value(k, i);
      std::fill(line + tile.samples, line + std::min(kBatchMultiple, stride), T{0});
    }
  }
}

// Tiles of a batch by number.
struct Tiles {
  int64_t batch, size;

  int64_t across() const { return (size + kPixelBlock - 1) / kPixelBlock; }
  int64_t count() const { return (batch + kBatchMultiple - 1) / kBatchMultiple * across(); }
  Tile at(int64_t number) const {
    const int64_t sample = number / across() * kBatchMultiple, pixel = number % across() * kPixelBlock;
    return {sample, std::min(kBatchMultiple, batch - sample), pixel, std::min(kPixelBlock, size - pixel)};
  }
};

// Stored bytes of a channel as network inputs.
struct ByteChannel {
  const float* table;
  Fill fill;

  ByteChannel(const DeviceDataset& data, int64_t channel, Fill beyond)
      : table(data.byte_table + (data.table_rows == 1 ? 0 : channel * 256)), fill(beyond) {}
  float operator()(uint8_t value) const { return table[value]; }
  float beyond() const { return fill == Fill::mean ? 0.0f : table[0]; }
};

// Stored floats alike.
struct FloatChannel {
  float scale, shift;
  Fill fill;

  FloatChannel(const DeviceDataset& data, int64_t channel, Fill beyond)
      : scale(data.scale[data.table_rows == 1 ? 0 : channel]),
        shift(data.shift[data.table_rows == 1 ? 0 : channel]),
        fill(beyond) {}
  float operator()(float value) const { return value * scale + shift; }
  float beyond() const { return fill == Fill::mean ? 0.0f : shift; }
};

template <class Channel, class T, class Where>
void resample_inputs(const Tile& tile, const Where& where, const T* stored, const DeviceDataset& data,
                     const uint32_t* indices, const Resampling& how, int64_t batch, Tensor out) {
  const int64_t size = how.image.size(), channels = out.features / size;
  std::array<const T*, kBatchMultiple> first = {};
  for (int64_t i = 0; i < tile.samples; ++i) first[i] = stored + int64_t{indices[tile.first_sample + i]} * out.features;
  // The network input of a channel at a pixel of the i-th sample.
  const auto reader = [&](int64_t channel) {
    std::array<const T*, kBatchMultiple> in = {};
    for (int64_t i = 0; i < tile.samples; ++i) in[i] = first[i] + channel * size;
    const Channel normalise(data, channel, how.fill);
    return [in, normalise, beyond = normalise.beyond()](int64_t i, int32_t pixel) {
      return pixel < 0 ? beyond : normalise(in[i][pixel]);
    };
  };
  if (where.onto_pixels(tile.samples)) {
    Sources nearest;
    find_pixels(tile, how.image, where, how.fill, nearest);
    write_tile(tile, channels, size, batch, out.data, [&](int64_t channel) {
      return [&nearest, read = reader(channel)](int64_t k, int64_t i) { return read(i, nearest[k][i]); };
    });
    return;
  }
  Corners corners;
  find_corners(tile, how.image, where, how.fill, corners);
  write_tile(tile, channels, size, batch, out.data, [&](int64_t channel) {
    return [&corners, read = reader(channel)](int64_t k, int64_t i) {
      const float above_left = read(i, corners.above_left[k][i]), above_right = read(i, corners.above_right[k][i]);
      const float below_left = read(i, corners.below_left[k][i]), below_right = read(i, corners.below_right[k][i]);
      const float above = above_left + corners.right[k][i] * (above_right - above_left);
      const float below = below_left + corners.right[k][i] * (below_right - below_left);
      return above + corners.down[k][i] * (below - above);
    };
  });
}

template <class T, class Where>
void resample_targets(const Tile& tile, const Where& where, const DeviceDataset& data, const uint32_t* indices,
                      const Resampling& how, int64_t batch, T* out) {
  const int64_t size = how.target.batch.size(), stored_size = how.target.stored.size();
  const int64_t channels = data.target_width / stored_size;
  const T* in[kBatchMultiple];
  for (int64_t i = 0; i < tile.samples; ++i)
    in[i] = static_cast<const T*>(data.targets) + int64_t{indices[tile.first_sample + i]} * data.target_width;
  Sources nearest;
  find_targets(tile, how, where, nearest);
  write_tile(tile, channels, size, batch, out, [&](int64_t channel) {
    return [&, channel](int64_t k, int64_t i) { return in[i][channel * stored_size + nearest[k][i]]; };
  });
}

// visit(where) for a tile.
template <class Visit>
void with_places(const Tile& tile, const Resampling& how, Visit&& visit) {
  const AffineMap* const maps = how.maps + tile.first_sample;
  if (how.displacements) {
    visit(Displaced(maps, how.displacements + tile.first_sample));
  } else {
    visit(Mapped{maps});
  }
}

}  // namespace

void CpuBackend::gather_resampled(const DeviceDataset& data, const uint32_t* indices, int64_t batch,
                                  const Resampling& resampling, Tensor out, void* targets) {
  const Tiles tiles = {batch, resampling.image.size()};
  in_blocks(tiles.count(), 1, [&](int64_t number, int64_t) {
    const Tile tile = tiles.at(number);
    with_places(tile, resampling, [&](const auto& where) {
      if (data.bytes) {
        const auto* stored = static_cast<const uint8_t*>(data.inputs);
        resample_inputs<ByteChannel>(tile, where, stored, data, indices, resampling, batch, out);
      } else {
        const auto* stored = static_cast<const float*>(data.inputs);
        resample_inputs<FloatChannel>(tile, where, stored, data, indices, resampling, batch, out);
      }
    });
  });
  if (!targets) return;
  if (resampling.target.batch.size() == 0) return gather_targets(data, indices, batch, targets);
  const Tiles target_tiles = {batch, resampling.target.batch.size()};
  in_blocks(target_tiles.count(), 1, [&](int64_t number, int64_t) {
    const Tile tile = target_tiles.at(number);
    with_places(tile, resampling, [&](const auto& where) {
      if (data.labels)
        resample_targets(tile, where, data, indices, resampling, batch, static_cast<int32_t*>(targets));
      else
        resample_targets(tile, where, data, indices, resampling, batch, static_cast<float*>(targets));
    });
  });
}

}  // namespace bayesbinn::BAYESBINN_ISA
