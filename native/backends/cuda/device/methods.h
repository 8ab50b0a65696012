// The methods by name, for kernels of their own: what is written for any formula becomes a kernel for each of these.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include "optimizers/list.h"

// X(type, name) for every method, as Optimizers lists them; name is its kName.
#define BB_METHODS(X)     \
  X(BayesBinn, bayesbinn) \
  X(Ste, ste)             \
  X(Bop, bop)             \
  X(Pmf, pmf)             \
  X(Adam, adam)           \
  X(Sgd, sgd)

namespace bayesbinn::cuda {

template <class Nothing, class... Methods>
using MethodList = TypeList<Methods...>;

#define BB_METHOD_TYPE(type, name) , type
static_assert(std::is_same_v<MethodList<void BB_METHODS(BB_METHOD_TYPE)>, Optimizers>, "a method has no kernels");
#undef BB_METHOD_TYPE

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
