#include "stats/t_tests.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "stats/distributions.hpp"
#include "stats/nan.hpp"
#include "stats/summary.hpp"

namespace perfwarden::stats {
namespace {

TTest make(double estimate, double standard_error, double df) {
  TTest test{estimate, standard_error, k_nan, df, k_nan, k_nan, k_nan};
  if (std::isnan(estimate) || std::isnan(standard_error) || !(df > 0)) return test;
  if (standard_error > 0)
    test.t = estimate / standard_error;
  else
    test.t = estimate == 0 ? 0 : std::copysign(std::numeric_limits<double>::infinity(), estimate);
  test.p_less = t_cdf(test.t, df);
  test.p_greater = t_upper(test.t, df);
  test.p_two_sided = std::min(1.0, 2 * t_upper(std::fabs(test.t), df));
  return test;
}

}  // namespace

TTest welch_t(std::span<const double> x, std::span<const double> y) {
  if (x.size() < 2 || y.size() < 2) return make(mean(x) - mean(y), k_nan, k_nan);
  const auto m = static_cast<double>(x.size());
  const auto n = static_cast<double>(y.size());
  const double a = variance(x) / m;
  const double b = variance(y) / n;
  const double sum = a + b;
  const double df = sum > 0 ? sum * sum / (a * a / (m - 1) + b * b / (n - 1)) : m + n - 2;
  return make(mean(x) - mean(y), std::sqrt(sum), df);
}

TTest one_sample_t(std::span<const double> d) {
  const auto n = static_cast<double>(d.size());
  return make(mean(d), std::sqrt(variance(d) / n), n - 1);
}

PriorVariance pooled_prior(std::span<const SampleVariance> variances) {
  constexpr double k_most_df = 12;
  constexpr double k_far = 3;            // sigmas, as the median absolute deviation gives them
  constexpr double k_without_end = 1e6;  // half the degrees of freedom when the variances do not differ at all
  std::vector<double> logs;
  double sampling = 0;  // variance of ln s² that sampling alone gives, on average
  for (const SampleVariance& one : variances) {
    if (!(one.variance > 0) || !std::isfinite(one.variance) || !(one.df > 0)) continue;
    logs.push_back(std::log(one.variance) - digamma(one.df / 2) + std::log(one.df / 2));
    sampling += trigamma(one.df / 2);
  }
  if (logs.size() < k_least_for_prior) return {0, k_most_df};
  sampling /= static_cast<double>(logs.size());
  const double middle = median(logs);
  const double reach = k_far * k_mad_to_sigma * median_absolute_deviation(logs);
  for (double& log : logs) log = std::clamp(log, middle - reach, middle + reach);
  // What ln s² varies more than its own sampling does is the spread of the true variances: trigamma(d₀ / 2).
  const double excess = variance(logs) - sampling;
  double half = k_without_end;
  if (excess > trigamma(k_without_end)) {
    double low = 1e-3;
    double high = k_without_end;
    for (int i = 0; i < 80; ++i) {
      half = 0.5 * (low + high);
      (trigamma(half) > excess ? low : high) = half;
    }
  }
  return {std::exp(mean(logs) + digamma(half) - std::log(half)), std::min(k_most_df, 2 * half)};
}

TTest moderated_t(std::span<const double> d, const PriorVariance& prior) {
  if (d.size() < 2) return one_sample_t(d);
  const auto n = static_cast<double>(d.size());
  const double own = variance(d);
  const bool usable = prior.variance > 0 && prior.df > 0 && own <= prior.variance * f_quantile(0.95, n - 1, prior.df);
  if (!usable) return one_sample_t(d);
  const double df = prior.df + n - 1;
  const double moderated = (prior.df * prior.variance + (n - 1) * own) / df;
  return make(mean(d), std::sqrt(moderated / n), df);
}

}  // namespace perfwarden::stats
