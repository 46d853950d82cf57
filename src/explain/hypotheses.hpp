#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "model/report.hpp"

namespace perfwarden::explain {

// A CauseKind is one kind of cause: how it is put into words, what shows it, and the command whose result would refute
// it.
struct CauseKind {
  std::string_view kind, words, shown_by, refute;
};
// The kinds that hypotheses can have, in the order of docs/analysis.md, whose table is made from them.
[[nodiscard]] const std::vector<CauseKind>& cause_kinds();

// Why the benchmarks that the analysis lists as regressions got slower, from what was measured alone (the rules of
// causes/). For each benchmark the likeliest first, at most k_most_hypotheses; nothing for a benchmark that did not
// surely get slower. `share` is the part of the benchmark's change that the evidence accounts for; a hypothesis without
// one comes after those with a share of a third or more, unless it makes the comparison itself unfair (another build or
// machine), which comes first.
inline constexpr std::size_t k_most_hypotheses = 5;
[[nodiscard]] std::vector<Hypothesis> find_hypotheses(const Report& report);

// How often as much processor time head takes for the same work, from how often as long it takes (`time_ratio`) and
// from how much of the recorded time each side ran: a benchmark that waits longer does not run more. `time_ratio`
// itself where the profile does not know how long it recorded.
[[nodiscard]] double processor_ratio(const ProfileDiff& profile, double time_ratio);

}  // namespace perfwarden::explain
