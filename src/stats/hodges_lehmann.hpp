#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "stats/null_tables.hpp"

namespace perfwarden::stats {

// A LocationEstimate is a Hodges–Lehmann estimate with an order-statistic interval (Hodges & Lehmann
// 1963; Hollander & Wolfe §3.2, §4.2–4.3). NaN when there is nothing to estimate from.
struct LocationEstimate {
  double estimate;
  double low, high;
  double confidence;  // attained by the interval: at least what was asked for, less when n is too small for that
  bool exact;         // interval from the exact null without ties; else from its normal approximation
  // The level may have collapsed: so few values cannot give the level asked for, and give no bound at that level.
  [[nodiscard]] bool holds(double asked) const { return confidence >= asked - 1e-12; }
};
// The level of the two-sided interval whose ends are one-sided bounds that err with `error` each.
[[nodiscard]] constexpr double two_sided(double error) {
  return 1 - 2 * error;
}

// Shift x − y: median of the m·n differences x_i − y_j. Up to k_listed_differences they are listed;
// beyond, selection by bisection over the bits of a double with counting in sorted order: O(m + n)
// memory, 64 passes, the same floating-point result.
inline constexpr std::size_t k_listed_differences = 4096;
[[nodiscard]] LocationEstimate shift(std::span<const double> x, std::span<const double> y, double confidence,
                                     NullCache& nulls);

// The pseudomedian of d: median of the Walsh averages (d_i + d_j) / 2, i ≤ j; interval from the signed-rank null. Zeros
// count as values here. One object gives intervals of several levels.
class Pseudomedian {
 public:
  explicit Pseudomedian(std::span<const double> d);
  [[nodiscard]] LocationEstimate at(double confidence, NullCache& nulls);

 private:
  std::size_t n_;
  std::vector<double> averages_;  // divided at their middle; empty when there are too many
  std::vector<double> sorted_;    // d; empty when the averages are listed
  double estimate_;
};
[[nodiscard]] LocationEstimate pseudomedian(std::span<const double> d, double confidence, NullCache& nulls);

// The k-th smallest (k from 0) difference x_i − y_j; `x` and `y` sorted ascending, finite.
[[nodiscard]] double select_difference(std::span<const double> x, std::span<const double> y, std::uint64_t k);
// The k-th smallest (k from 0) Walsh average of d, sorted ascending, finite.
[[nodiscard]] double select_walsh(std::span<const double> d, std::uint64_t k);

// Which order statistics (from 1, counted from either end) bound the interval, and the level attained.
struct OrderStatistic {
  std::uint64_t index;  // never 0: with too few values the extremes, at a lower level
  double confidence;
  bool exact;
};
[[nodiscard]] OrderStatistic shift_order(std::size_t m, std::size_t n, double confidence, NullCache& nulls);
[[nodiscard]] OrderStatistic walsh_order(std::size_t n, double confidence, NullCache& nulls);

}  // namespace perfwarden::stats
