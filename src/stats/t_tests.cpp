#include "stats/t_tests.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "stats/distributions.hpp"
#include "stats/summary.hpp"

namespace perfwarden::stats {
namespace {

constexpr double k_nan = std::numeric_limits<double>::quiet_NaN();

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

double TTest::lower_bound(double confidence) const {
  return estimate - t_quantile(confidence, df) * standard_error;
}

double TTest::upper_bound(double confidence) const {
  return estimate + t_quantile(confidence, df) * standard_error;
}

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
