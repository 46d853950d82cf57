#include "stats/effect_size.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "stats/summary.hpp"

namespace perfwarden::stats {
namespace {

double over(double difference, double spread) {
  if (std::isnan(difference) || std::isnan(spread)) return std::numeric_limits<double>::quiet_NaN();
  if (spread > 0) return difference / spread;
  if (difference == 0) return 0;
  return std::copysign(std::numeric_limits<double>::infinity(), difference);
}

double degrees(std::span<const double> base, std::span<const double> head) {
  return static_cast<double>(base.size() + head.size()) - 2;
}

}  // namespace

double cohens_d(std::span<const double> base, std::span<const double> head) {
  const double pooled =
      (static_cast<double>(base.size()) - 1) * variance(base) + (static_cast<double>(head.size()) - 1) * variance(head);
  return over(mean(head) - mean(base), std::sqrt(pooled / degrees(base, head)));
}

double cohens_d_average(std::span<const double> base, std::span<const double> head) {
  return over(mean(head) - mean(base), std::sqrt((variance(base) + variance(head)) / 2));
}

double hedges_g(std::span<const double> base, std::span<const double> head) {
  const double df = degrees(base, head);
  const double j = std::exp(std::lgamma(df / 2) - std::lgamma((df - 1) / 2)) / std::sqrt(df / 2);
  return cohens_d(base, head) * j;
}

double hedges_g_approximate(std::span<const double> base, std::span<const double> head) {
  return cohens_d(base, head) * (1 - 3 / (4 * degrees(base, head) - 1));
}

double glass_delta(std::span<const double> base, std::span<const double> head) {
  return over(mean(head) - mean(base), standard_deviation(base));
}

double cliffs_delta(std::span<const double> base, std::span<const double> head) {
  if (base.empty() || head.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::vector<double> order(base.begin(), base.end());
  std::sort(order.begin(), order.end());
  std::int64_t balance = 0;
  for (const double value : head) {
    const auto equal = std::equal_range(order.begin(), order.end(), value);
    balance += (equal.first - order.begin()) - (order.end() - equal.second);
  }
  return static_cast<double>(balance) / (static_cast<double>(base.size()) * static_cast<double>(head.size()));
}

}  // namespace perfwarden::stats
