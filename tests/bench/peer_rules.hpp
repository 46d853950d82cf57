#pragma once

#include <span>
#include <vector>

// Decision rules in use elsewhere, for comparison only (docs/statistics.md#rules-in-use-elsewhere). Values are
// ln(time); true = an alert that this benchmark got slower.
namespace perfwarden::bench {

// github-action-benchmark: mean over mean of one earlier run above a threshold (its default is 2).
[[nodiscard]] bool ratio_rule(std::span<const double> previous, std::span<const double> current, double threshold);
// Bencher: current mean above the one-sided t prediction limit of earlier run means.
[[nodiscard]] bool bencher_rule(std::span<const double> means, std::span<const double> current, double boundary);
// benchstat: exact two-sided Mann–Whitney at 0.05, and the median is larger.
[[nodiscard]] bool benchstat_rule(std::span<const double> base, std::span<const double> head);
// The checklist taken at its word: change ≥ 5 %, Mann–Whitney p < 0.05, d ≥ 0.5, CV < 15 %.
[[nodiscard]] bool naive_rule(std::span<const double> base, std::span<const double> head);

// Mean time of a run from its logs.
[[nodiscard]] double mean_time(std::span<const double> logs);

}  // namespace perfwarden::bench
