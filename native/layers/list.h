// Every layer by the name that specs use; list.cpp holds the entries.
#pragma once

#include <string_view>
#include <vector>

#include "layers/layer.h"

namespace bayesbinn {

struct LayerType {
  const char* name;
  LayerFactory make;
};

std::span<const LayerType> layer_types();

}  // namespace bayesbinn
