#include "stats/summary.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "stats/distributions.hpp"
#include "stats/nan.hpp"
#include "stats/proportions.hpp"

namespace perfwarden::stats {
std::vector<double> sorted(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  std::sort(copy.begin(), copy.end());
  return copy;
}

double mean(std::span<const double> values) {
  if (values.empty()) return k_nan;
  double sum = 0;
  for (const double value : values) sum += value;
  const double first = sum / static_cast<double>(values.size());
  // A second pass takes back what the first lost to rounding.
  double rest = 0;
  for (const double value : values) rest += value - first;
  return first + rest / static_cast<double>(values.size());
}

double variance(std::span<const double> values) {
  if (values.size() < 2) return k_nan;
  const double centre = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - centre) * (value - centre);
  return sum / static_cast<double>(values.size() - 1);
}

double standard_deviation(std::span<const double> values) {
  return std::sqrt(variance(values));
}

double coefficient_of_variation(std::span<const double> values) {
  const double centre = std::fabs(mean(values));
  return centre > 0 ? standard_deviation(values) / centre : k_nan;
}

double median(std::span<const double> values) {
  if (values.empty()) return k_nan;
  std::vector<double> copy(values.begin(), values.end());
  const auto middle = copy.begin() + static_cast<std::ptrdiff_t>((copy.size() - 1) / 2);
  std::nth_element(copy.begin(), middle, copy.end());
  if (copy.size() % 2 == 1) return *middle;
  return 0.5 * (*middle + *std::min_element(middle + 1, copy.end()));
}

double quantile_of_sorted(std::span<const double> sorted, double p) {
  if (sorted.empty() || !(p >= 0 && p <= 1)) return k_nan;
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(place));
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

double quantile(std::span<const double> values, double p) {
  return quantile_of_sorted(sorted(values), p);
}

double median_absolute_deviation(std::span<const double> values) {
  const double centre = median(values);
  std::vector<double> deviations;
  deviations.reserve(values.size());
  for (const double value : values) deviations.push_back(std::fabs(value - centre));
  return median(deviations);
}

MedianInterval median_interval(std::span<const double> values, double confidence) {
  const std::size_t n = values.size();
  const double tail = (1 - confidence) / 2;
  const auto count = static_cast<double>(n);
  // The largest index whose tail is still small enough: P(B ≤ index − 1) ≤ tail.
  std::size_t low = 0;
  std::size_t high = n / 2;
  while (low < high) {
    const std::size_t middle = low + (high - low + 1) / 2;
    if (fair_coin_cdf(static_cast<double>(middle) - 1, count) <= tail)
      low = middle;
    else
      high = middle - 1;
  }
  if (low == 0) return {0, n + 1, k_nan, k_nan, 1};
  const std::vector<double> order = sorted(values);
  return {low, n + 1 - low, order[low - 1], order[n - low], 1 - 2 * fair_coin_cdf(static_cast<double>(low) - 1, count)};
}

QuantileRanks quantile_ranks(std::size_t n, double q, double error) {
  const auto count = static_cast<double>(n);
  QuantileRanks ranks;
  // P(x₍ᵢ₎ > quantile) = P(B < i), and P(x₍ᵢ₎ < quantile) = P(B ≥ i), of B binomial(n, q).
  for (std::size_t i = 1; i <= n && ranks.high == 0; ++i) {
    const auto rank = static_cast<double>(i);
    if (binomial_lower(rank - 1, count, q) <= error) ranks.low = i;
    if (binomial_upper(rank, count, q) <= error) ranks.high = i;
  }
  return ranks;
}

Split gap_split(std::span<const double> values, double least_share) {
  Split split{0, k_nan, k_nan, k_nan};
  const std::vector<double> order = sorted(values);
  const std::size_t n = order.size();
  const auto least =
      std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(least_share * static_cast<double>(n))));
  std::size_t at = 0;
  double widest = 0;
  for (std::size_t i = least; i + least <= n; ++i)
    if (order[i] - order[i - 1] > widest) {
      widest = order[i] - order[i - 1];
      at = i;
    }
  if (at == 0) return split;
  const std::span<const double> all(order);
  const auto below = static_cast<double>(at);
  const auto count = static_cast<double>(n);
  const double apart = mean(all.subspan(at)) - mean(all.first(at));
  const double total = variance(order) * (count - 1);
  split.explained = std::min(1.0, apart * apart * below * (count - below) / count / total);
  split.low_mode = median(all.first(at));
  split.high_mode = median(all.subspan(at));
  split.high_fraction = (count - below) / count;
  return split;
}

}  // namespace perfwarden::stats
