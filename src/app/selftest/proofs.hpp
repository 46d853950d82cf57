#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/config.hpp"
#include "model/report.hpp"

// What `selftest` concludes: a gate can be trusted when a planted slowdown turns it red and identical code does
// not.
namespace perfwarden::app {

// A Proof is one of the two halves: what was to be shown, and whether it holds. Texts are safe to print.
struct Proof {
  bool holds = false;
  std::string text;                  // what happened, one sentence
  std::vector<std::string> details;  // one series each, a few
  std::string cure;                  // empty when it holds
  std::size_t series = 0;            // that could show it: gated, and of wall time or throughput
  std::size_t flagged = 0;           // series that fail the run
};

// The slowdown to plant by default, as a fraction: twice the loosest relative budget on wall time or throughput that
// can fail a run, at least 10 %.
[[nodiscard]] double default_slowdown(const Config& config);

// Whether a pause of the process shows in this metric: it does in wall time and rates, and does not in CPU time,
// counters and memory.
[[nodiscard]] bool shows_pauses(const Metric& metric);

// Of a run whose head was slowed by the fraction `slowdown`: holds when a gated series of time fails it.
[[nodiscard]] Proof prove_planted(const Report& report, double slowdown);
// Of a run with the same code on both sides: holds when nothing fails it.
[[nodiscard]] Proof prove_same(const Report& report);

}  // namespace perfwarden::app
