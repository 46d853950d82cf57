#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compare/case.hpp"
#include "model/comparison.hpp"
#include "model/config.hpp"

namespace perfwarden::compare {

// How far the weakness of the measurement lets confidence go: HIGH takes ten interleaved pairs, MEDIUM several
// processes a side on one machine and occasion, or a known spread from run to run. What changed on a machine between
// two members of a pair caps at MEDIUM; another machine explains anything, so LOW.
[[nodiscard]] Confidence strongest_confidence(const Case& one, const RunFacts& setting);

// The five, in order: magnitude, significance, consistency, baseline-stable, environment; each with the number behind
// it. `comparison` has p_adjusted and ratio set. `threshold`: the change that matters, a fraction.
[[nodiscard]] std::vector<Criterion> criteria_of(const Comparison& comparison, const Estimate& evidence,
                                                 const RunFacts& setting, double threshold);

// The five when there is nothing to test: only the environment can be met.
[[nodiscard]] std::vector<Criterion> criteria_of_nothing(const RunFacts& setting);

// Of a distinct change of at least 0.7 · threshold what Comparison::confidence_beyond says of the magnitude criterion,
// which is about the one-sided 95 % bound: a true change of just threshold is HIGH in one of twenty runs only. LOW: as
// large with an unadjusted p below 0.05, but not distinct. None: not flagged. `comparison` has criteria and strongest.
[[nodiscard]] std::optional<Confidence> confidence_of(const Comparison& comparison, double threshold);

// The change in logs that the magnitude criterion needs, and |log ratio| of a comparison (∞ from a base of 0).
[[nodiscard]] double log_change(const Comparison& comparison);

// "5 %", "0.05 %": at most two significant decimals, no sign.
[[nodiscard]] std::string percent(double fraction);

}  // namespace perfwarden::compare
