#include "stats/effect_size.hpp"

#include <cmath>
#include <limits>

#include "stats/summary.hpp"

namespace perfwarden::stats {
namespace {

double over(double difference, double spread) {
  if (std::isnan(difference) || std::isnan(spread)) return std::numeric_limits<double>::quiet_NaN();
  if (spread > 0) return difference / spread;
  if (difference == 0) return 0;
  return std::copysign(std::numeric_limits<double>::infinity(), difference);
}

}  // namespace

double cohens_d(std::span<const double> base, std::span<const double> head) {
  const double pooled =
      (static_cast<double>(base.size()) - 1) * variance(base) + (static_cast<double>(head.size()) - 1) * variance(head);
  return over(mean(head) - mean(base), std::sqrt(pooled / (static_cast<double>(base.size() + head.size()) - 2)));
}

}  // namespace perfwarden::stats
