#pragma once

#include <span>
#include <vector>

#include "stats/t_tests.hpp"

// A t test in addition to the exact one. With few pairs no exact p survives a correction over many series; a t test
// whose spread is known from more than those pairs can.
namespace perfwarden::compare {

// One-sided p values of one series' pairs against no change.
struct OneSided {
  double less = 1, greater = 1;
};

// Whether a t test of these log-ratios means anything: at least four, and more than half of them different numbers.
// Where ties dominate, the values come from a coarse clock, and a spread of zero proves nothing.
[[nodiscard]] bool has_spread(std::span<const double> log_ratios);

// Whether at least four log-ratios are all the same number, which is not 0: what a program that prints a constant
// gives, or a clock of few steps. Where nothing changed, X and Y of one moment are independent and alike, so that Y =
// c·X in at most a quarter of all pairs for any c but 1 (the sum of p(x)·p(c·x) over a chain x, c·x, c²·x … is at most
// that of its odd places times that of its even ones). The first pair chooses c: one-sided p ≤ ½ · 4^-(n−1).
[[nodiscard]] bool has_one_ratio(std::span<const double> log_ratios);

// The typical spread of several series (of any lengths, trimmed); variance 0 when too few have a spread.
[[nodiscard]] stats::PriorVariance prior_of(std::span<const std::vector<double>> log_ratios);

// The p of both tests together: each gets a share of the error level, which depends on the number of pairs alone (a
// weighted Bonferroni correction). Without a prior the t test rests on the series' own
// spread; where the series has no spread the exact p is used unchanged, or that of one ratio.
[[nodiscard]] OneSided beside_exact(const OneSided& exact, std::span<const double> log_ratios,
                                    const stats::PriorVariance& prior);

}  // namespace perfwarden::compare
