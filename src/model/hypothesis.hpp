#pragma once

#include <string>
#include <vector>

// Why something changed, as far as it was measured (docs/analysis.md).
namespace perfwarden {

// A Hypothesis is one possible cause of a change, with what speaks for it and how to refute it.
struct Hypothesis {
  std::string suite, benchmark;  // whose change it explains; both empty: the run's
  std::string kind;              // "allocation", "lock", "compiler", …: a row of explain::k_causes
  std::string claim;             // one sentence: "malloc under parse accounts for 92 % of +9.8 %"; hostile text
  // The part of the change that it accounts for, 0 to 1; NaN where it cannot be told.
  double share = 0;
  std::vector<std::string> evidence;  // one sentence each; hostile text
  std::string refute;                 // the command whose result would speak against it; hostile text
};

// A CounterChange is what the kernel and the processor counted for one suite's processes: the median of an invocation.
struct CounterChange {
  std::string suite;
  std::string counter;  // "instructions", "cycles", "cache_misses", "page_faults", "system_time", …
  double base = 0, head = 0;
  friend bool operator==(const CounterChange&, const CounterChange&) = default;
};

// A BuildDifference is what the programs of both sides were built with, where it differs.
struct BuildDifference {
  std::string suite;
  std::string what;        // "compiler", "flags", "optimisation", "sanitizer"
  std::string base, head;  // hostile text
  friend bool operator==(const BuildDifference&, const BuildDifference&) = default;
};

}  // namespace perfwarden
