#pragma once

#include <cstddef>
#include <span>

namespace perfwarden::stats {

// A TTest is the result of a t test. With no spread at all: t is 0 or ±∞ and the p values follow.
// NaN when there are too few values.
struct TTest {
  double estimate;  // difference of means x − y, or the mean
  double standard_error;
  double t;
  double df;
  double p_less, p_greater, p_two_sided;
};

// Welch 1947: means of x and y, variances not assumed equal.
[[nodiscard]] TTest welch_t(std::span<const double> x, std::span<const double> y);
// Mean of d against zero: the paired t test of differences.
[[nodiscard]] TTest one_sample_t(std::span<const double> d);

// The variance that past runs of the same benchmark showed, and how many degrees of freedom to give it.
struct PriorVariance {
  double variance;
  double df = 12;
};
// One series' variance and the degrees of freedom that it was computed with.
struct SampleVariance {
  double variance;
  double df;
};
// What the spreads of several series of one run say about a typical one (Smyth 2004, §6.2: moments of ln s², here of
// winsorised ones, so that one wild series does not speak for all; Phipson et al. 2016). At most 12 degrees of freedom
// are given back, since noise is not as normal as the formula. Variance 0 when there are fewer than `k_least_for_prior`
// variances above 0.
inline constexpr std::size_t k_least_for_prior = 5;
[[nodiscard]] PriorVariance pooled_prior(std::span<const SampleVariance> variances);

// Moderated t (Smyth 2004): s̃² = (d₀s₀² + (n−1)s²) / (d₀ + n − 1) with d₀ + n − 1 degrees of freedom.
// The prior is used only where today's noise is not above it: s² ≤ s₀²·F_.95(n−1, d₀).
[[nodiscard]] TTest moderated_t(std::span<const double> d, const PriorVariance& prior);

}  // namespace perfwarden::stats
