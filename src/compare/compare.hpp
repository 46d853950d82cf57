#pragma once

#include <vector>

#include "model/comparison.hpp"
#include "model/config.hpp"
#include "model/series.hpp"

namespace perfwarden::compare {

// Pairs up the series of two sides by id and says what is true of the numbers; sorted by id.
// Interleaved when both sides carry the same non-empty run.session. Corrects over all primary,
// non-deterministic series of the run (StatisticsConfig::correction). With no base series at all
// the result is empty: there is nothing to compare.
[[nodiscard]] std::vector<Comparison> all(const Samples& base, const Samples& head, const StatisticsConfig& statistics);

// The design under which two sides were measured.
[[nodiscard]] Design design_of(const RunInfo& base, const RunInfo& head);

}  // namespace perfwarden::compare
