#pragma once

#include <string>
#include <vector>

#include "compare/values.hpp"
#include "model/comparison.hpp"
#include "model/config.hpp"
#include "stats/null_tables.hpp"

namespace perfwarden::compare {

// An Estimate is the evidence of one series before the other series of the run are considered.
// "log" quantities are natural logarithms of head / base when every value is above zero, else shifts over
// |median of base|.
struct Estimate {
  std::string method;                                             // "exact signed-rank", …
  double p_less = k_nan, p_greater = k_nan, p_two_sided = k_nan;  // "greater": head's value is larger
  // Two-sided, of the plain tests; only shown.
  double p_mann_whitney = k_nan;
  double p_signed_rank = k_nan;  // of the trimmed pairs; NaN when unpaired
  double ratio = k_nan;
  Interval ratio_interval;
  double difference = k_nan;
  Interval difference_interval;
  // One-sided, each at 95 %; NaN when there are too few values for that level.
  Interval ratio_bounds, difference_bounds;
  double effect_d = k_nan;
  double spread = k_nan;        // sd of the log-ratios when paired, pooled sd of the logs when not
  double stability = k_nan;     // paired CV (spread / √2), or base's own CV
  double smallest_p = 1;        // the smallest two-sided p possible with this many values
  double log_estimate = k_nan;  // of the change: ln(ratio), or the shift over |median of base|
  std::vector<double> kept;     // the trimmed pairs' change, as log_estimate; empty when unpaired
  bool nothing_varies = false;  // every value of both sides is the same: no test could ever reject
  std::vector<double> batches;  // log-ratio of each of three batches in the order measured; empty below 3 values
};

inline constexpr std::size_t k_enough = 10;        // pairs from which HIGH is possible
inline constexpr std::size_t k_least_bounded = 5;  // pairs, or values a side: fewer give no bound at 95 %

// A paired (interleaved) comparison; base and head have equal sizes, at least 1. `shown_only`: another procedure
// decides and p is only shown, so the inexpensive signed-rank test is enough.
[[nodiscard]] Estimate paired(const std::vector<double>& base, const std::vector<double>& head, double confidence,
                              stats::NullCache& nulls, bool shown_only = false);
// An unpaired one; at least 1 value a side.
[[nodiscard]] Estimate unpaired(const std::vector<double>& base, const std::vector<double>& head, double confidence,
                                stats::NullCache& nulls);
// One without noise: a difference beyond `reach`, a fraction, is real, and `reach` bounds it. Uses the medians.
[[nodiscard]] Estimate exact(double base, double head, double reach = 0);

}  // namespace perfwarden::compare
