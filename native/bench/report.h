// What benchmarks measure, and the JSON that scripts/bench reads: an array of rows
//   {"name", "threads", "unit", "note", "contestants": [{"name", "values": [a round each]}]}
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bench/timing.h"

namespace bayesbinn::bench {

// A comparison; the first contestant is this project's.
struct Comparison {
  std::string name;
  int threads;
  std::string unit;  // of a contestant's billions a second
  std::vector<Contestant> contestants;
  std::string note = {};  // how to read it
};

struct Settings {
  int threads;  // all that may be used
  int rounds;

  // One thread and all threads.
  std::vector<int> thread_counts() const { return threads > 1 ? std::vector<int>{1, threads} : std::vector<int>{1}; }
};

class Report {
 public:
  explicit Report(const Settings& settings) : settings_(settings) {}

  // Measures, and keeps the result as a row.
  void measure(const Comparison& comparison);
  std::string json() const;

 private:
  Settings settings_;
  std::vector<std::string> rows_;
};

}  // namespace bayesbinn::bench
