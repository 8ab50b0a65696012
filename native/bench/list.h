// Every benchmark. To add one: write its file, and name it in list.cpp.
#pragma once

#include <span>

#include "bench/report.h"

namespace bayesbinn::bench {

struct Benchmark {
  const char* name;
  void (*run)(const Settings& settings, Report& report);
};

std::span<const Benchmark> benchmarks();

}  // namespace bayesbinn::bench
