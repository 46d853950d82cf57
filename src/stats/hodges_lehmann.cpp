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

struct Selected {
  double low, middle, high;
};

// `values` is reordered. Order statistics index−1, the median, and total−index.
Selected select_listed(std::vector<double>& values, std::uint64_t index) {
  const auto begin = values.begin();
  const auto total = static_cast<std::ptrdiff_t>(values.size());
  const std::ptrdiff_t low = static_cast<std::ptrdiff_t>(index) - 1;
  const std::ptrdiff_t half = (total - 1) / 2;
  const std::ptrdiff_t high = total - static_cast<std::ptrdiff_t>(index);
  std::nth_element(begin, begin + half, values.end());
  double middle = values[static_cast<std::size_t>(half)];
  if (total % 2 == 0) middle = 0.5 * (middle + *std::min_element(begin + half + 1, values.end()));
  if (low < half) std::nth_element(begin, begin + low, begin + half);
  if (high > half) std::nth_element(begin + half + 1, begin + high, values.end());
  return {values[static_cast<std::size_t>(low)], middle, values[static_cast<std::size_t>(high)]};
}

template <class Select>
Selected select_counted(std::uint64_t total, std::uint64_t index, Select&& select) {
  double middle = select((total - 1) / 2);
  if (total % 2 == 0) middle = 0.5 * (middle + select(total / 2));
  return {select(index - 1), middle, select(total - index)};
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
  Selected selected{};
  if (x.size() <= k_listed_differences / y.size()) {
    std::vector<double> differences;
    differences.reserve(x.size() * y.size());
    for (const double a : x)
      for (const double b : y) differences.push_back(a - b);
    selected = select_listed(differences, order.index);
  } else {
    const std::vector<double> xs = sorted(x);
    const std::vector<double> ys = sorted(y);
    const std::uint64_t total = static_cast<std::uint64_t>(x.size()) * y.size();
    selected = select_counted(total, order.index, [&](std::uint64_t k) { return select_difference(xs, ys, k); });
  }
  return {selected.middle, selected.low, selected.high, order.confidence, order.exact};
}

LocationEstimate pseudomedian(std::span<const double> d, double confidence, NullCache& nulls) {
  if (d.empty()) return {k_nan, k_nan, k_nan, k_nan, false};
  const OrderStatistic order = walsh_order(d.size(), confidence, nulls);
  const std::uint64_t total = static_cast<std::uint64_t>(d.size()) * (d.size() + 1) / 2;
  Selected selected{};
  if (total <= k_listed_differences) {
    std::vector<double> averages;
    averages.reserve(total);
    for (std::size_t i = 0; i < d.size(); ++i)
      for (std::size_t j = i; j < d.size(); ++j) averages.push_back(0.5 * (d[i] + d[j]));
    selected = select_listed(averages, order.index);
  } else {
    const std::vector<double> ds = sorted(d);
    selected = select_counted(total, order.index, [&](std::uint64_t k) { return select_walsh(ds, k); });
  }
  return {selected.middle, selected.low, selected.high, order.confidence, order.exact};
}

}  // namespace perfwarden::stats
