// bayesbinn_bench NAME THREADS ROUNDS: runs one benchmark and prints its rows as JSON (report.h); without arguments,
// the names. `npm run bench` is its human side.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "bench/list.h"

int main(int count, char** arguments) {
  using namespace bayesbinn::bench;
  if (count == 1) {
    for (const Benchmark& benchmark : benchmarks()) std::puts(benchmark.name);
    return 0;
  }
  const Settings settings = {count == 4 ? std::atoi(arguments[2]) : 0, count == 4 ? std::atoi(arguments[3]) : 0};
  for (const Benchmark& benchmark : benchmarks()) {
    if (settings.threads < 1 || settings.rounds < 1 || arguments[1] != std::string(benchmark.name)) continue;
    try {
      Report report(settings);
      benchmark.run(settings, report);
      std::puts(report.json().c_str());
      return 0;
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s: %s\n", benchmark.name, error.what());
      return 1;
    }
  }
  std::fprintf(stderr, "usage: %s [NAME THREADS ROUNDS]; without arguments, the names\n", arguments[0]);
  return 2;
}
