#pragma once

#include <vector>

#include "model/comparison.hpp"
#include "model/config.hpp"
#include "model/history.hpp"
#include "model/series.hpp"

namespace perfwarden::compare {

// Pairs up the series of two sides by id and compares their numbers; sorted by id.
// Interleaved when both sides carry the same non-empty run.session. Corrects over all primary,
// non-deterministic series of the run (StatisticsConfig::correction). With no base series at all
// every series of head is only_head: its values are shown, and absolute limits can be judged.
//
// What fails on head and not on base is failed_on_head, whatever values it has (compare/failed.hpp).
//
// Series that were measured until they were decided (Series::adaptive_pairs) are judged by replaying that very
// procedure over their pairs; see compare/adaptive.hpp. For the rest: a fixed number of pairs is decided by an exact
// test of the coin flips that ordered them. Fewer than ten often have no such p that survives a correction: there a t
// test that borrows the typical spread of the run is used instead, at most MEDIUM. A baseline from an earlier run is
// bounded by the spread from run to run that `past` knows, else by statistics.between-runs; see compare/two_runs.hpp.
//
// Comparisons of metric "p95" are added where the slow end of a benchmark's processes is to be shown or judged; see
// compare/tail.hpp.
[[nodiscard]] std::vector<Comparison> all(const Samples& base, const Samples& head, const StatisticsConfig& statistics,
                                          const Past& past = {}, const Demands& demands = {});

// The design under which two sides were measured.
[[nodiscard]] Design design_of(const RunInfo& base, const RunInfo& head);

}  // namespace perfwarden::compare
