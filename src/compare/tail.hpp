#pragma once

#include <optional>
#include <vector>

#include "compare/case.hpp"

// What the median hides: the slow end of a benchmark's processes.
namespace perfwarden::compare {

inline constexpr std::string_view k_tail_metric = "p95";

// Of each benchmark's time (or first primary metric that is not deterministic) the 95th percentile over processes,
// counted from the best: of a metric that is better when higher, the 5th. A comparison of its own, of metric "p95", for
// those that a budget limits, for those with values enough to bound it, and for those whose slow end grew; that is a
// warning of the benchmark's own comparison too ("tail-grew") where its median did not.
//
// The test is McNemar's exact one (1947) over the pairs: a process is slow when it is beyond the middle of both sides
// by three robust sigmas and by the change that matters, and given how many pairs have one slow member, each is head's
// by a fair coin. Two-sided, corrected by Holm over the percentiles of the run. At most MEDIUM. Two runs are never
// judged: what differs between runs is not a tail.
void add_tails(std::vector<Case>& cases, const RunFacts& setting);

}  // namespace perfwarden::compare
