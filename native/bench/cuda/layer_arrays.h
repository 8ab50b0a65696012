// Device memory for rows of a benchmark.
#pragma once

#include <memory>
#include <random>

#include "bench/activations.h"
#include "bench/binary_weights.h"

namespace bayesbinn::bench {

// Binary weights half of which are settled, and the activations of a layer on both sides with their gradients.
struct LayerArrays {
  LayerArrays(Backend& backend, const PackedShape& shape, int64_t in_features, int64_t out_features, int64_t batch)
      : random(1),
        weights(backend, shape, [this] { return random() % 2 ? 20.0f : -0.5f; }),
        packed(weights.packed()),
        x(random_activations(backend, in_features, batch, random)),
        y(random_activations(backend, out_features, batch, random)),
        dx(random_activations(backend, in_features, batch, random)),
        dy(random_activations(backend, out_features, batch, random)) {}

  std::mt19937 random;
  BinaryWeights weights;
  Weights packed;
  Buffer x, y, dx, dy;
};

// Normals on the device.
inline Buffer random_values(Backend& backend, int64_t count) {
  std::mt19937 random(2);
  std::normal_distribution<float> normal(0, 1e-12f);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = normal(random);
  Buffer buffer(backend, count * static_cast<int64_t>(sizeof(float)));
  backend.upload(buffer.data(), values.data(), buffer.bytes());
  return buffer;
}

}  // namespace bayesbinn::bench
