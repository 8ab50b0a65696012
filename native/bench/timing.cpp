#include "bench/timing.h"

#include <chrono>

namespace bayesbinn::bench {
namespace {

constexpr double kTurnSeconds = 0.05;

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

// Billions a second over one turn.
double turn(const Contestant& contestant) {
  const double begin = seconds();
  double elapsed = 0;
  int calls = 0;
  do {
    contestant.call();
    ++calls;
    elapsed = seconds() - begin;
  } while (elapsed < kTurnSeconds);
  return contestant.work * calls / elapsed;
}

}  // namespace

std::vector<std::vector<double>> rates_in_turns(const std::vector<Contestant>& contestants, int rounds) {
  std::vector<std::vector<double>> rates(contestants.size());
  for (const Contestant& contestant : contestants) contestant.call();
  for (int round = 0; round < rounds; ++round) {
    for (size_t i = 0; i < contestants.size(); ++i) rates[i].push_back(turn(contestants[i]));
  }
  return rates;
}

}  // namespace bayesbinn::bench
