#include "stats/power.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "stats/distributions.hpp"
#include "stats/rank_sum.hpp"

namespace perfwarden::stats {
namespace {

constexpr std::size_t k_most = 1'000'000'000;  // what a number of samples is cut to

double detectable(double standard_error, double df, double level, double power) {
  if (!(standard_error >= 0) || !(df > 0) || !(level > 0)) return std::numeric_limits<double>::quiet_NaN();
  if (standard_error == 0) return 0;
  return std::expm1((t_quantile(1 - level, df) + t_quantile(power, df)) * standard_error);
}

std::size_t needed(double variance, double log_effect, double level, double power) {
  const double z = normal_quantile(1 - level) + normal_quantile(power);
  const double n = std::ceil(z * z * variance / (log_effect * log_effect) / k_rank_efficiency);
  if (!(n < static_cast<double>(k_most))) return k_most;
  return static_cast<std::size_t>(std::max(1.0, n));
}

}  // namespace

std::size_t pairs_for_level(double level) {
  if (!(level > 0)) return k_most;
  std::size_t pairs = 1;
  for (double p = 0.5; p > level; p /= 2) ++pairs;
  return pairs;
}

std::size_t samples_for_level(double level) {
  if (!(level > 0)) return k_most;
  std::size_t n = 1;
  while (rank_sum_smallest_p(n, n) > level) ++n;
  return n;
}

double detectable_paired(double sd, std::size_t pairs, double level, double power) {
  const auto n = static_cast<double>(pairs);
  return detectable(sd / std::sqrt(k_rank_efficiency * n), n - 1, level, power);
}

double detectable_unpaired(double sd, std::size_t m, std::size_t n, double level, double power) {
  const auto a = static_cast<double>(m);
  const auto b = static_cast<double>(n);
  return detectable(sd * std::sqrt((1 / a + 1 / b) / k_rank_efficiency), a + b - 2, level, power);
}

double sure_distance(double distance, double sd, std::size_t pairs) {
  return distance - normal_quantile(0.8) * sd / std::sqrt(k_rank_efficiency * static_cast<double>(pairs));
}

double sure_distance_unpaired(double distance, double sd, std::size_t n) {
  return sure_distance(distance, std::sqrt(2.0) * sd, n);
}

std::size_t pairs_needed(double sd, double log_effect, double level, double power) {
  return std::max(needed(sd * sd, log_effect, level, power), pairs_for_level(level));
}

std::size_t samples_needed(double sd, double log_effect, double level, double power) {
  return std::max(needed(2 * sd * sd, log_effect, level, power), samples_for_level(level));
}

}  // namespace perfwarden::stats
