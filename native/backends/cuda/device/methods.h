// The methods by name, for kernels of their own: what is written for any formula becomes a kernel for each of these.
#pragma once

#include <string>
#include <string_view>

#include "optimizers/list.h"

namespace bayesbinn::cuda {

#define BB_METHOD_NAME(type, name) static_assert(std::string_view(type::kName) == #name);
BB_METHODS(BB_METHOD_NAME)
#undef BB_METHOD_NAME

// What a kernel of method F is called.
template <class F>
std::string kernel_of(const char* verb) {
  return std::string(verb) + "_" + F::kName + "_kernel";
}

template <class F>
constexpr int kSlotsOf = static_cast<int>(sizeof F::kSlots / sizeof F::kSlots[0]);

}  // namespace bayesbinn::cuda
