#pragma once

#include <span>
#include <vector>

#include "stats/t_tests.hpp"

// A t test beside the exact one. So few pairs have no exact p that survives a correction over many series; a spread
// that is known from more than those pairs has.
namespace perfwarden::compare {

// One-sided p values of one series' pairs against no change.
struct OneSided {
  double less = 1, greater = 1;
};

// Whether a t test of these log-ratios means anything: at least four, and more than half of them different numbers.
// Where ties dominate, the values come from a coarse clock, and a spread of zero proves nothing.
[[nodiscard]] bool has_spread(std::span<const double> log_ratios);

// What the spreads of several series (of any lengths, trimmed) say about a typical one; variance 0 when too few have
// one.
[[nodiscard]] stats::PriorVariance prior_of(std::span<const std::vector<double>> log_ratios);

// The p of both tests together: each has a share of what may go wrong, which depends on the number of pairs alone (a
// weighted Bonferroni correction). Without a prior the t test rests on the series' own
// spread; where that has none the exact p stands as it is.
[[nodiscard]] OneSided beside_exact(const OneSided& exact, std::span<const double> log_ratios,
                                    const stats::PriorVariance& prior);

}  // namespace perfwarden::compare
