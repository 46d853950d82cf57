#pragma once

#include "compare/case.hpp"

// Two runs in place of pairs: base was measured at another time than head. A test of the values cannot see what all
// values of one run have in common, so its result counts only beyond the known difference between such runs.
namespace perfwarden::compare {

// Widens p, intervals and bounds of a case that was not measured in pairs: by the spread of earlier runs where five or
// more are known (for a single value a side that is all there is: a prediction interval), else by
// statistics.between-runs. Below that floor, with fewer than five values a side, or with one process, p is 1 and there
// are no bounds. Sets Case::stands.
void allow_between_runs(Case& one, const RunFacts& setting);

void warn_of_two_runs(Case& one, const RunFacts& setting);

}  // namespace perfwarden::compare
