// Chooses among the compiled instruction sets at run time; compiled for the oldest of them.
#include <cstdlib>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "backends/cpu/blas.h"
#include "base/error.h"

#define BAYESBINN_TEXT_OF(name) #name
#define BAYESBINN_TEXT(name) BAYESBINN_TEXT_OF(name)

namespace bayesbinn {

namespace BAYESBINN_OLDEST {
std::unique_ptr<Backend> make_backend(int threads);
}
#if BAYESBINN_X86
namespace avx2 {
std::unique_ptr<Backend> make_backend(int threads);
}
namespace avx512 {
std::unique_ptr<Backend> make_backend(int threads);
}
#endif

namespace {

constexpr const char* kVariable = "BAYESBINN_INSTRUCTION_SET";

struct InstructionSet {
  const char* name;
  std::unique_ptr<Backend> (*make_backend)(int threads);
  bool (*usable)();
};

// The oldest first: the last usable one is chosen.
constexpr InstructionSet kSets[] = {
    {BAYESBINN_TEXT(BAYESBINN_OLDEST), BAYESBINN_OLDEST::make_backend, [] { return true; }},
#if BAYESBINN_X86
    // These ask the operating system, too: it has to save the registers.
    {"avx2", avx2::make_backend, [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }},
    {"avx512", avx512::make_backend,
     [] {
       return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
              __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
     }},
#endif
};

struct Choice {
  const InstructionSet* set;  // null where the request is refused
  InstructionSetRequest request;
  std::string accepted;
};

Choice choose() {
  const char* const asked = std::getenv(kVariable);
  Choice choice = {nullptr, {asked ? asked : "", ""}, ""};
  const std::string& value = choice.request.value;
  bool known = false;
  for (const InstructionSet& set : kSets) {
    known |= value == set.name;
    if (!set.usable()) continue;
    choice.accepted += (choice.accepted.empty() ? "" : ", ") + std::string(set.name);
    if (value.empty() || value == set.name) choice.set = &set;
  }
  if (choice.set) return choice;
  choice.request.problem = std::string(kVariable) + ": \"" + value + "\" given, " +
                           (known ? "which this processor does not have; " : "") + "accepted: " + choice.accepted;
  return choice;
}

// Made once: all backends of a process are of one kind. Outlives threads that compute while the process ends.
const Choice& choice() {
  static const Choice* const made = new Choice(choose());
  return *made;
}

}  // namespace

std::vector<InstructionSetStatus> instruction_sets() {
  std::vector<InstructionSetStatus> sets;
  for (const InstructionSet& set : kSets) sets.push_back({set.name, set.usable(), choice().set == &set});
  return sets;
}

InstructionSetRequest instruction_set_request() { return choice().request; }

std::unique_ptr<Backend> make_cpu_backend(int threads) {
  const auto& [set, request, accepted] = choice();
  if (!set) {
    throw Error(ErrorCode::option_range, request.problem,
                {{"path", kVariable}, {"value", request.value}, {"accepted", accepted}});
  }
  use_one_blas_thread();
  return set->make_backend(threads);
}

}  // namespace bayesbinn
