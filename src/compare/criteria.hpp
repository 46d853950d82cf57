#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compare/case.hpp"
#include "model/comparison.hpp"
#include "model/config.hpp"

namespace perfwarden::compare {

// The highest confidence that the measurement allows: HIGH takes ten interleaved pairs, MEDIUM several
// processes a side on one machine and occasion, or a known spread from run to run. What changed on a machine between
// two members of a pair caps at MEDIUM; another machine could explain any change, so LOW.
[[nodiscard]] Confidence strongest_confidence(const Case& one, const RunFacts& setting);

// The five, in order: magnitude, significance, consistency, baseline-stable, environment; each with the number it rests
// on. `comparison` has p_adjusted and ratio set. `threshold`: the change that matters, a fraction.
[[nodiscard]] std::vector<Criterion> criteria_of(const Comparison& comparison, const Estimate& evidence,
                                                 const RunFacts& setting, double threshold);

// The five when there is nothing to test: only the environment can be met.
[[nodiscard]] std::vector<Criterion> criteria_of_nothing(const RunFacts& setting);

// For a distinct change of at least 0.7 · threshold: Comparison::confidence_beyond of the magnitude criterion, which
// uses the one-sided 95 % bound, so a true change of exactly the threshold is HIGH in only one of twenty runs. LOW: a
// change as large with an unadjusted p below 0.05, but not distinct. None: not flagged. `comparison` has criteria and
// strongest.
[[nodiscard]] std::optional<Confidence> confidence_of(const Comparison& comparison, double threshold);

// The change in logs that the magnitude criterion needs, and |log ratio| of a comparison (∞ from a base of 0).
[[nodiscard]] double log_change(const Comparison& comparison);

// "5 %", "0.05 %": at most two significant decimals, no sign.
[[nodiscard]] std::string percent(double fraction);

}  // namespace perfwarden::compare
