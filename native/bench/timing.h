// How everything here is timed: contestants take turns, so that each sees the same machine, and every turn's rate is
// kept.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace bayesbinn::bench {

// One side of a comparison. `work`: what a call does, in billions of what is counted a second (operations, bytes).
struct Contestant {
  std::string name;
  double work;
  std::function<void()> call;
};

// rates[contestant][round], in billions a second. Each contestant runs once beforehand, unmeasured; a turn repeats
// calls until it is long beside the clock and the waking of threads.
std::vector<std::vector<double>> rates_in_turns(const std::vector<Contestant>& contestants, int rounds);

}  // namespace bayesbinn::bench
