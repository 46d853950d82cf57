#include "stats/p_adjust.hpp"

#include <algorithm>
#include <cmath>

namespace perfwarden::stats {
namespace {

// What the i-th smallest of n (i from 1) is multiplied by.
double factor(Adjustment adjustment, std::size_t i, std::size_t n) {
  const auto count = static_cast<double>(n);
  const auto rank = static_cast<double>(i);
  switch (adjustment) {
    case Adjustment::none:
      return 1;
    case Adjustment::bonferroni:
      return count;
    case Adjustment::holm:
    case Adjustment::hochberg:
      return count - rank + 1;
    case Adjustment::benjamini_hochberg:
    case Adjustment::benjamini_yekutieli:
      return count / rank;
  }
  return count;
}

double harmonic(std::size_t n) {
  double sum = 0;
  for (std::size_t i = n; i > 0; --i) sum += 1 / static_cast<double>(i);
  return sum;
}

}  // namespace

std::vector<double> p_adjust(std::span<const double> p, Adjustment adjustment) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p.size(); ++i)
    if (!std::isnan(p[i])) order.push_back(i);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> adjusted(p.begin(), p.end());
  const std::size_t n = order.size();
  const double scale = adjustment == Adjustment::benjamini_yekutieli ? harmonic(n) : 1;
  // Holm steps down (a running maximum from the smallest), the others but Bonferroni step up.
  double running = adjustment == Adjustment::holm ? 0 : 1;
  for (std::size_t step = 0; step < n; ++step) {
    const std::size_t i = adjustment == Adjustment::holm ? step : n - 1 - step;
    const double value = std::min(1.0, p[order[i]] * factor(adjustment, i + 1, n) * scale);
    running = adjustment == Adjustment::holm ? std::max(running, value) : std::min(running, value);
    adjusted[order[i]] = running;
  }
  return adjusted;
}

}  // namespace perfwarden::stats
