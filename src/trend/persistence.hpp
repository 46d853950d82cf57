#pragma once

#include <vector>

#include "model/history.hpp"

namespace perfwarden::trend {

// The regressions of one series of a branch, in the order in which they came: each begins with a run that confirmed it.
// A run is related to those before it by its base: where it compared with a commit that an earlier run measured, or
// with the same base, both are on one scale. A later run on that scale still has the regression when its level is
// nearer to the one that the regression made than to the one before (in logs), so that runs which compare with their
// parent, and see the step only once, count as well as runs which compare with an old baseline. A run without a
// number, or on another scale, says nothing: it neither adds to the row nor ends it.
[[nodiscard]] std::vector<Persistence> persistences(const SeriesWords& words);

}  // namespace perfwarden::trend
