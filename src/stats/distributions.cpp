#include "stats/distributions.hpp"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <limits>

#include "stats/nan.hpp"

namespace perfwarden::stats {
namespace {

constexpr double k_inf = std::numeric_limits<double>::infinity();

using boost::math::policies::errno_on_error;
using Policy = boost::math::policies::policy<
    boost::math::policies::domain_error<errno_on_error>, boost::math::policies::pole_error<errno_on_error>,
    boost::math::policies::overflow_error<errno_on_error>, boost::math::policies::evaluation_error<errno_on_error>,
    boost::math::policies::promote_double<false>>;
using Normal = boost::math::normal_distribution<double, Policy>;
using StudentsT = boost::math::students_t_distribution<double, Policy>;
using FisherF = boost::math::fisher_f_distribution<double, Policy>;
using Binomial = boost::math::binomial_distribution<double, Policy>;

}  // namespace

double normal_cdf(double z) {
  return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

double normal_upper(double z) {
  return 0.5 * std::erfc(z / std::sqrt(2.0));
}

double normal_quantile(double p) {
  if (std::isnan(p) || p < 0 || p > 1) return k_nan;
  if (p == 0) return -k_inf;
  if (p == 1) return k_inf;
  return boost::math::quantile(Normal(0.0, 1.0), p);
}

double t_cdf(double t, double df) {
  return t_upper(-t, df);
}

double t_upper(double t, double df) {
  if (std::isnan(t) || std::isnan(df) || df <= 0) return k_nan;
  if (std::isinf(t)) return t > 0 ? 0.0 : 1.0;
  return boost::math::cdf(boost::math::complement(StudentsT(df), t));
}

double t_quantile(double p, double df) {
  if (std::isnan(p) || std::isnan(df) || df <= 0 || p < 0 || p > 1) return k_nan;
  if (p == 0) return -k_inf;
  if (p == 1) return k_inf;
  return boost::math::quantile(StudentsT(df), p);
}

double f_quantile(double p, double df1, double df2) {
  if (std::isnan(p) || !(df1 > 0) || !(df2 > 0) || p < 0 || p >= 1) return k_nan;
  return boost::math::quantile(FisherF(df1, df2), p);
}

double fair_coin_cdf(double k, double n) {
  if (std::isnan(k) || !(n >= 0)) return k_nan;
  if (k < 0) return 0;
  if (k >= n) return 1;
  return boost::math::cdf(Binomial(n, 0.5), std::floor(k));
}

double digamma(double x) {
  return x > 0 ? boost::math::digamma(x, Policy()) : k_nan;
}

double trigamma(double x) {
  return x > 0 ? boost::math::trigamma(x, Policy()) : k_nan;
}

}  // namespace perfwarden::stats
