#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace perfwarden::stats {

// Every function gives NaN for too few values; order of the values does not matter.
[[nodiscard]] double mean(std::span<const double> values);
[[nodiscard]] double variance(std::span<const double> values);  // n − 1 in the denominator; NaN for n < 2
[[nodiscard]] double standard_deviation(std::span<const double> values);
[[nodiscard]] double coefficient_of_variation(std::span<const double> values);  // sd / |mean|; NaN when mean is 0
[[nodiscard]] std::vector<double> sorted(std::span<const double> values);       // a copy
[[nodiscard]] double median(std::span<const double> values);
// Hyndman & Fan 1996, type 7 (R's default); p in [0, 1].
[[nodiscard]] double quantile(std::span<const double> values, double p);
[[nodiscard]] double quantile_of_sorted(std::span<const double> sorted, double p);

inline constexpr double k_mad_to_sigma = 1.4826;  // median absolute deviation → standard deviation of a normal
[[nodiscard]] double median_absolute_deviation(std::span<const double> values);  // unscaled

// Exact interval of a median by the binomial: order statistics `low_index` and `high_index` (from 1).
// low_index 0: n is too small for the confidence asked, low and high are NaN and coverage is 1.
struct MedianInterval {
  std::size_t low_index, high_index;
  double low, high;
  double coverage;  // attained
};
[[nodiscard]] MedianInterval median_interval(std::span<const double> values, double confidence);

// Which of n values in order (from 1) bound the quantile q in (0, 1) of their distribution, each bound wrong with at
// most `error` (David and Nagaraja, Order Statistics, §7.1); 0 where n is too small for that: an upper bound of the
// 95th percentile at 2.5 % takes 72 values, since 0.95⁷² ≤ 0.025.
struct QuantileRanks {
  std::size_t low = 0, high = 0;
};
[[nodiscard]] QuantileRanks quantile_ranks(std::size_t n, double q, double error);

// A Split cuts values in two groups at their widest gap (among the gaps that leave `least_share` of the values on each
// side) and says how much of the variance that explains: 0 … 1. Two modes explain nearly all of it, a bell some 60 %.
struct Split {
  double explained;
  double low_mode, high_mode;  // medians of the two groups; NaN when there is no gap
  double high_fraction;        // of the values in the upper group
};
[[nodiscard]] Split gap_split(std::span<const double> values, double least_share);

}  // namespace perfwarden::stats
