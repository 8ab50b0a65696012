// A kernel at work on shapes of a recipe, and what it has to do at least.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "backends/backend.h"

namespace bayesbinn::bench {

struct KernelRow {
  std::string name, shape;
  double bytes;       // that must move to and from the device's memory: each input read once, each output written once
  double operations;  // multiply-adds count as two; those of one bf16 term, however many a product takes
  std::function<void()> queue;
};

// Sizes of the recipes, or of the same kind and so small that an emulated device can do them.
enum class Size { full, small };

// Rows keep their memory on the backend, which must outlive them.
std::vector<KernelRow> mnist_mlp_rows(Backend& backend, Size size);
std::vector<KernelRow> cifar10_vgg_rows(Backend& backend, Size size);

}  // namespace bayesbinn::bench
