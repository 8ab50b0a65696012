#include "bench/activations.h"

namespace bayesbinn::bench {

Buffer random_activations(Backend& backend, int64_t features, int64_t batch, std::mt19937& random) {
  Buffer buffer(backend, backend.activation_bytes(features, batch));
  std::normal_distribution<float> normal;
  std::vector<float> rows(static_cast<size_t>(batch * features));
  for (float& value : rows) value = normal(random);
  backend.import_rows(rows.data(), {buffer.floats(), features}, batch);
  return buffer;
}

}  // namespace bayesbinn::bench
