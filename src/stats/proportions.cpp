#include "stats/proportions.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>

#include "stats/distributions.hpp"
#include "stats/nan.hpp"

namespace perfwarden::stats {
namespace {

using boost::math::policies::errno_on_error;
using Policy = boost::math::policies::policy<
    boost::math::policies::domain_error<errno_on_error>, boost::math::policies::pole_error<errno_on_error>,
    boost::math::policies::overflow_error<errno_on_error>, boost::math::policies::evaluation_error<errno_on_error>,
    boost::math::policies::promote_double<false>>;

bool is_binomial(double k, double n, double p) {
  return std::isfinite(k) && std::isfinite(n) && n >= 0 && k <= n && p >= 0 && p <= 1;
}

double two_sided_z(double confidence) {
  return normal_quantile(0.5 + confidence / 2);
}

}  // namespace

double binomial_lower(double k, double n, double p) {
  if (!is_binomial(k, n, p)) return k_nan;
  if (k < 0) return 0;
  if (k >= n || p == 0) return 1;
  if (p == 1) return 0;
  return boost::math::ibetac(k + 1, n - k, p, Policy());
}

double binomial_upper(double k, double n, double p) {
  if (!is_binomial(k, n, p)) return k_nan;
  if (k <= 0 || p == 1) return 1;
  if (p == 0) return 0;
  return boost::math::ibeta(k, n - k + 1, p, Policy());
}

double binomial_two_sided(double k, double n, double p) {
  const double lower = binomial_lower(k, n, p);
  const double upper = binomial_upper(k, n, p);
  return std::isnan(lower) || std::isnan(upper) ? k_nan : std::min(1.0, 2 * std::min(lower, upper));
}

Bounds wilson(double k, double n, double confidence) {
  if (!(n > 0) || !(k >= 0) || k > n * (1 + 1e-9)) return {k_nan, k_nan};
  const double z = two_sided_z(confidence);
  const double share = std::min(1.0, k / n);
  const double middle = share + z * z / (2 * n);
  const double half = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  const double scale = 1 + z * z / n;
  // Of none or all, the formula's end is 0 or 1 but for rounding.
  return {k == 0 ? 0 : std::max(0.0, (middle - half) / scale), share == 1 ? 1 : std::min(1.0, (middle + half) / scale)};
}

Bounds newcombe(double k1, double n1, double k2, double n2, double confidence) {
  return difference_of(k1 / n1, wilson(k1, n1, confidence), k2 / n2, wilson(k2, n2, confidence));
}

Bounds poisson_bounds(double k, double confidence) {
  if (!(k >= 0)) return {k_nan, k_nan};
  const double z = two_sided_z(confidence);
  const double middle = k + z * z / 2;
  const double half = z * std::sqrt(k + z * z / 4);
  return {k == 0 ? 0 : std::max(0.0, middle - half), middle + half};
}

Bounds difference_of(double estimate1, const Bounds& bounds1, double estimate2, const Bounds& bounds2) {
  const double difference = estimate2 - estimate1;
  return {difference - std::hypot(estimate2 - bounds2.low, bounds1.high - estimate1),
          difference + std::hypot(bounds2.high - estimate2, estimate1 - bounds1.low)};
}

double samples_for_shares(double p1, double p2, double level, double power) {
  if (!(level > 0) || p1 == p2) return k_nan;
  const double z = normal_quantile(1 - level / 2) + normal_quantile(power);
  return z * z * (p1 * (1 - p1) + p2 * (1 - p2)) / ((p2 - p1) * (p2 - p1));
}

}  // namespace perfwarden::stats
