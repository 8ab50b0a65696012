// A list of types with names: methods and losses are found in it by name or by position.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bayesbinn {

template <class... Types>
struct TypeList {
  static constexpr int kSize = sizeof...(Types);

  // Position of the type with this name, -1 if there is none.
  static int find(std::string_view name) {
    int index = 0;
    const bool found = ((name == Types::kName || (++index, false)) || ...);
    return found ? index : -1;
  }

  static std::vector<std::string> names() { return {Types::kName...}; }

  // Calls action.template operator()<T>() with the type at `index`, which must be in range.
  template <class Action>
  static void visit(int index, Action&& action) {
    int at = 0;
    (void)((at++ == index ? (action.template operator()<Types>(), true) : false) || ...);
  }
};

template <class, class... Types>
struct WithoutFirst {
  using List = TypeList<Types...>;
};

}  // namespace bayesbinn

// The TypeList of a macro that lists types as X(A) X(B), so that another X can define something for each of them.
#define BB_LISTED_TYPE(Type) , Type
#define BB_TYPE_LIST(LIST) bayesbinn::WithoutFirst<void LIST(BB_LISTED_TYPE)>::List
