#include "stats/brunner_munzel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "stats/distributions.hpp"
#include "stats/nan.hpp"
#include "stats/ranks.hpp"

namespace perfwarden::stats {
namespace {

struct Placement {
  double mean_rank;  // among both samples
  double variance;   // of pooled rank minus own rank
};

Placement placement(std::span<const std::uint64_t> pooled, std::span<const std::uint64_t> own) {
  const auto n = static_cast<double>(own.size());
  double pooled_sum = 0;
  double difference_sum = 0;
  for (std::size_t i = 0; i < own.size(); ++i) {
    pooled_sum += static_cast<double>(pooled[i]) / 2;
    difference_sum += static_cast<double>(pooled[i] - own[i]) / 2;
  }
  const double centre = difference_sum / n;
  double squares = 0;
  for (std::size_t i = 0; i < own.size(); ++i) {
    const double deviation = static_cast<double>(pooled[i] - own[i]) / 2 - centre;
    squares += deviation * deviation;
  }
  return {pooled_sum / n, squares / (n - 1)};
}

}  // namespace

BrunnerMunzel brunner_munzel(std::span<const double> x, std::span<const double> y) {
  BrunnerMunzel result{k_nan, k_nan, k_nan, k_nan, k_nan, k_nan, k_nan, k_nan};
  if (x.size() < 2 || y.size() < 2) return result;
  std::vector<double> both(x.begin(), x.end());
  both.insert(both.end(), y.begin(), y.end());
  const std::vector<std::uint64_t> pooled = doubled_midranks(both);
  const std::span<const std::uint64_t> ranks(pooled);
  const Placement px = placement(ranks.first(x.size()), doubled_midranks(x));
  const Placement py = placement(ranks.subspan(x.size()), doubled_midranks(y));
  const auto m = static_cast<double>(x.size());
  const auto n = static_cast<double>(y.size());
  const double shift = py.mean_rank - px.mean_rank;
  const double spread = m * px.variance + n * py.variance;
  if (!(spread > 0)) {
    if (shift == 0) return result;
    result.w = std::copysign(std::numeric_limits<double>::infinity(), shift);
    result.p_less = result.p_normal_less = shift > 0 ? 0 : 1;
    result.p_greater = result.p_normal_greater = shift > 0 ? 1 : 0;
    result.p_two_sided = result.p_normal_two_sided = 0;
    return result;
  }
  result.w = m * n * shift / ((m + n) * std::sqrt(spread));
  const double a = m * px.variance;
  const double b = n * py.variance;
  result.df = spread * spread / (a * a / (m - 1) + b * b / (n - 1));
  result.p_less = t_upper(result.w, result.df);
  result.p_greater = t_cdf(result.w, result.df);
  result.p_two_sided = std::min(1.0, 2 * std::min(result.p_less, result.p_greater));
  result.p_normal_less = normal_upper(result.w);
  result.p_normal_greater = normal_cdf(result.w);
  result.p_normal_two_sided = std::min(1.0, 2 * std::min(result.p_normal_less, result.p_normal_greater));
  return result;
}

}  // namespace perfwarden::stats
