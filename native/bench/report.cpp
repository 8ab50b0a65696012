#include "bench/report.h"

#include <iomanip>
#include <sstream>

namespace bayesbinn::bench {
namespace {

// Names here hold no control characters.
std::string quoted(const std::string& text) {
  std::ostringstream out;
  out << std::quoted(text);
  return out.str();
}

// action(position) for each entry, with commas in between.
template <class Entries, class Action>
void write_array(std::ostream& out, const Entries& entries, Action&& action) {
  out << '[';
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i > 0) out << ',';
    action(i);
  }
  out << ']';
}

}  // namespace

void Report::measure(const Comparison& comparison) {
  const auto rates = rates_in_turns(comparison.contestants, settings_.rounds);
  std::ostringstream row;
  row << "{\"name\":" << quoted(comparison.name) << ",\"threads\":" << comparison.threads
      << ",\"unit\":" << quoted(comparison.unit) << ",\"note\":" << quoted(comparison.note) << ",\"contestants\":";
  write_array(row, rates, [&](size_t contestant) {
    row << "{\"name\":" << quoted(comparison.contestants[contestant].name) << ",\"values\":";
    write_array(row, rates[contestant], [&](size_t round) { row << rates[contestant][round]; });
    row << '}';
  });
  row << '}';
  rows_.push_back(row.str());
}

std::string Report::json() const {
  std::ostringstream out;
  write_array(out, rows_, [&](size_t i) { out << rows_[i]; });
  return out.str();
}

}  // namespace bayesbinn::bench
