#include "stats/hodges_lehmann.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "stats/distributions.hpp"
#include "stats/nan.hpp"
#include "stats/rank_sum.hpp"
#include "stats/signed_rank.hpp"
#include "stats/summary.hpp"

namespace perfwarden::stats {
namespace {

constexpr std::uint64_t k_sign = std::uint64_t{1} << 63;

// Doubles in their order as unsigned integers, so that bisection ends at one exact double.
std::uint64_t ordered(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return (bits & k_sign) != 0 ? ~bits : bits | k_sign;
}

double unordered(std::uint64_t key) {
  return std::bit_cast<double>((key & k_sign) != 0 ? key ^ k_sign : ~key);
}

// Smallest double v in [low, high] with count_at_most(v) > k.
template <class Count>
double bisect(double low, double high, std::uint64_t k, Count&& count_at_most) {
  std::uint64_t below = ordered(low);
  std::uint64_t above = ordered(high);
  while (below < above) {
    const std::uint64_t middle = below + (above - below) / 2;
    if (count_at_most(unordered(middle)) > k)
      above = middle;
    else
      below = middle + 1;
  }
  return unordered(above) + 0.0;
}

struct Ends {
  double low, high;
};

// The median; afterwards the smaller values are before the larger ones.
double divide_at_middle(std::vector<double>& values) {
  const auto half = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), half, values.end());
  return values.size() % 2 == 1 ? *half : 0.5 * (*half + *std::min_element(half + 1, values.end()));
}

// Order statistics index−1 and total−index of values that are divided at their middle, as they stay.
Ends select_ends(std::vector<double>& values, std::uint64_t index) {
  const auto half = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  const auto low = values.begin() + static_cast<std::ptrdiff_t>(index) - 1;
  const auto high = values.end() - static_cast<std::ptrdiff_t>(index);
  if (low < half) std::nth_element(values.begin(), low, half);
  if (high > half) std::nth_element(half + 1, high, values.end());
  return {*low, *high};
}

// The median of `total` values, by their order statistics.
template <class Select>
double middle_of(std::uint64_t total, Select&& select) {
  const double middle = select((total - 1) / 2);
  return total % 2 == 1 ? middle : 0.5 * (middle + select(total / 2));
}

std::uint64_t averages_of(std::size_t n) {
  return static_cast<std::uint64_t>(n) * (n + 1) / 2;
}

OrderStatistic from_table(const SymmetricNull& null, double confidence) {
  const auto index = std::max<std::uint64_t>(1, null.quantile((1 - confidence) / 2));
  return {index, std::max(0.0, 1 - 2 * null.at_most(static_cast<double>(index) - 1)), true};
}

OrderStatistic from_normal(double mean, double sd, double confidence) {
  const double z = normal_quantile(1 - (1 - confidence) / 2);
  const double index = std::max(1.0, std::floor(mean - z * sd + 0.5));
  return {static_cast<std::uint64_t>(index), std::max(0.0, 1 - 2 * normal_cdf((index - 1 - mean + 0.5) / sd)), false};
}

}  // namespace

OrderStatistic shift_order(std::size_t m, std::size_t n, double confidence, NullCache& nulls) {
  if (m <= k_exact_rank_sum_untied / n) return from_table(nulls.rank_sum(m, n), confidence);
  const double product = static_cast<double>(m) * static_cast<double>(n);
  return from_normal(product / 2, std::sqrt(product * static_cast<double>(m + n + 1) / 12), confidence);
}

OrderStatistic walsh_order(std::size_t n, double confidence, NullCache& nulls) {
  if (n <= k_exact_signed_rank) return from_table(nulls.signed_rank(n), confidence);
  const auto count = static_cast<double>(n);
  return from_normal(count * (count + 1) / 4, std::sqrt(count * (count + 1) * (2 * count + 1) / 24), confidence);
}

double select_difference(std::span<const double> x, std::span<const double> y, std::uint64_t k) {
  // Rounding is monotone, so the computed differences are as ordered as the real ones.
  const auto count = [&](double v) {
    std::uint64_t total = 0;
    std::size_t first = 0;  // of y: x[i] − y[j] ≤ v from j = first on
    for (const double value : x) {
      while (first < y.size() && value - y[first] > v) ++first;
      total += y.size() - first;
    }
    return total;
  };
  return bisect(x.front() - y.back(), x.back() - y.front(), k, count);
}

double select_walsh(std::span<const double> d, std::uint64_t k) {
  const auto count = [&](double v) {
    std::uint64_t total = 0;
    std::size_t end = d.size();  // (d[i] + d[j]) / 2 ≤ v for j < end
    for (std::size_t i = 0; i < d.size(); ++i) {
      while (end > i && 0.5 * (d[i] + d[end - 1]) > v) --end;
      if (end <= i) break;
      total += end - i;
    }
    return total;
  };
  return bisect(d.front(), d.back(), k, count);
}

LocationEstimate shift(std::span<const double> x, std::span<const double> y, double confidence, NullCache& nulls) {
  if (x.empty() || y.empty()) return {k_nan, k_nan, k_nan, k_nan, false};
  const OrderStatistic order = shift_order(x.size(), y.size(), confidence, nulls);
  double middle = 0;
  Ends ends{};
  if (x.size() <= k_listed_differences / y.size()) {
    std::vector<double> differences;
    differences.reserve(x.size() * y.size());
    for (const double a : x)
      for (const double b : y) differences.push_back(a - b);
    middle = divide_at_middle(differences);
    ends = select_ends(differences, order.index);
  } else {
    const std::vector<double> xs = sorted(x);
    const std::vector<double> ys = sorted(y);
    const std::uint64_t total = static_cast<std::uint64_t>(x.size()) * y.size();
    const auto select = [&](std::uint64_t k) { return select_difference(xs, ys, k); };
    middle = middle_of(total, select);
    ends = {select(order.index - 1), select(total - order.index)};
  }
  return {middle, ends.low, ends.high, order.confidence, order.exact};
}

Pseudomedian::Pseudomedian(std::span<const double> d) : n_(d.size()), estimate_(k_nan) {
  if (d.empty()) return;
  const std::uint64_t total = averages_of(n_);
  if (total > k_listed_differences) {
    sorted_ = sorted(d);
    estimate_ = middle_of(total, [this](std::uint64_t k) { return select_walsh(sorted_, k); });
    return;
  }
  averages_.reserve(total);
  for (std::size_t i = 0; i < n_; ++i)
    for (std::size_t j = i; j < n_; ++j) averages_.push_back(0.5 * (d[i] + d[j]));
  estimate_ = divide_at_middle(averages_);
}

LocationEstimate Pseudomedian::at(double confidence, NullCache& nulls) {
  if (n_ == 0) return {k_nan, k_nan, k_nan, k_nan, false};
  const OrderStatistic order = walsh_order(n_, confidence, nulls);
  const Ends ends = sorted_.empty() ? select_ends(averages_, order.index)
                                    : Ends{select_walsh(sorted_, order.index - 1),
                                           select_walsh(sorted_, averages_of(n_) - order.index)};
  return {estimate_, ends.low, ends.high, order.confidence, order.exact};
}

LocationEstimate pseudomedian(std::span<const double> d, double confidence, NullCache& nulls) {
  return Pseudomedian(d).at(confidence, nulls);
}

}  // namespace perfwarden::stats
