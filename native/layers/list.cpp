#include "layers/list.h"

// To add a layer: name it here, as specs call it, with its factory.
#define BAYESBINN_LAYERS(X)                             \
  X("linear", linear_layer)                             \
  X("conv2d", conv2d_layer)                             \
  X("convTranspose2d", conv_transpose2d_layer)          \
  X("batchNorm", batch_norm_layer)                      \
  X("relu", relu_layer)                                 \
  X("tanh", tanh_layer)                                 \
  X("dropout", dropout_layer)                           \
  X("dropout2d", dropout2d_layer)                       \
  X("maxPool2d", max_pool2d_layer)                      \
  X("averagePool2d", average_pool2d_layer)              \
  X("globalMaxPool2d", global_max_pool2d_layer)         \
  X("globalAveragePool2d", global_average_pool2d_layer) \
  X("centerCrop2d", center_crop2d_layer)                \
  X("concatenate", concatenate_layer)                   \
  X("add", add_layer)                                   \
  X("flatten", flatten_layer)

namespace bayesbinn {

#define BAYESBINN_DECLARE(name, factory) LayerFactory factory();
BAYESBINN_LAYERS(BAYESBINN_DECLARE)
#undef BAYESBINN_DECLARE

std::span<const LayerType> layer_types() {
#define BAYESBINN_ENTRY(name, factory) {name, factory()},
  static const LayerType types[] = {BAYESBINN_LAYERS(BAYESBINN_ENTRY)};
#undef BAYESBINN_ENTRY
  return types;
}

}  // namespace bayesbinn
