#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "model/report.hpp"

namespace perfwarden::explain {

// A CauseKind is one kind of cause, how it is put into words, and the command whose result would refute it.
struct CauseKind {
  std::string_view kind, words, refute;
};
// The kinds that hypotheses can have; docs/analysis.md lists them.
[[nodiscard]] const std::vector<CauseKind>& cause_kinds();

// Why the benchmarks that the analysis lists as regressions got slower, from what was measured alone: profiles and
// known patterns, changed functions that ran, counters, builds, machines. For each benchmark the likeliest first, at
// most k_most_hypotheses; nothing for a benchmark that did not surely get slower. `share` is the part of the
// benchmark's change that the evidence accounts for; a hypothesis without one comes after those with a share of a third
// or more, unless it makes the comparison itself unfair (another build or machine), which comes first.
inline constexpr std::size_t k_most_hypotheses = 5;
[[nodiscard]] std::vector<Hypothesis> find_hypotheses(const Report& report);

}  // namespace perfwarden::explain
