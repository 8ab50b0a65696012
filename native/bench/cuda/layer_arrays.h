// Device memory for rows of a benchmark.
#pragma once

#include <memory>
#include <random>
#include <vector>

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

constexpr double kFloat = sizeof(float);

inline Buffer on_device(Backend& backend, const std::vector<float>& values) {
  Buffer buffer(backend, static_cast<int64_t>(values.size() * sizeof(float)));
  backend.upload(buffer.data(), values.data(), buffer.bytes());
  return buffer;
}

// A gradient so small that weights stay what they are, however often they are updated.
inline Buffer random_gradient(Backend& backend, int64_t count) {
  std::mt19937 random(2);
  std::normal_distribution<float> normal(0, 1e-12f);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = normal(random);
  return on_device(backend, values);
}

// Statistics of a batch norm without gain and bias.
struct Normalisation {
  Normalisation(Backend& backend, int64_t channels)
      : mean(ones(backend, channels)),
        inverse(ones(backend, channels)),
        running_mean(ones(backend, channels)),
        running_variance(ones(backend, channels)) {}

  static Buffer ones(Backend& backend, int64_t count) {
    return on_device(backend, std::vector<float>(static_cast<size_t>(count), 1.0f));
  }

  Buffer mean, inverse, running_mean, running_variance;
};

}  // namespace bayesbinn::bench
