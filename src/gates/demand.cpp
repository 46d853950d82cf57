#include "gates/demand.hpp"

#include <cmath>

#include "gates/judge.hpp"
#include "gates/limit.hpp"

namespace perfwarden::gates {
namespace {

// As a fraction of base; NaN when the limit does not work on this metric.
double fraction_of(const Change& change, const Metric& metric, double base_median) {
  if (!can_be_broken(change, metric)) return k_nan;
  if (change.relative) return std::abs(change.value);
  return fits(change.base_unit, metric) && base_median > 0 ? std::abs(change.value) / base_median : k_nan;
}

}  // namespace

Demands demands_of(const Config& config) {
  return [&config](const SeriesId& id, const Metric& metric, double base_median) {
    const Budget* budget = budget_for(id, metric, config);
    const std::optional<Limit> limit = budget == nullptr ? std::nullopt : limit_for(*budget, metric);
    const bool off = budget != nullptr && budget->off;
    Demand demand{config.statistics.high_effect, !off && (metric.primary || limit)};
    if (!limit) return demand;
    double tightest = k_nan;
    for (const auto* change : {&limit->warn, &limit->soft, &limit->hard})
      if (change->has_value()) tightest = std::fmin(tightest, fraction_of(**change, metric, base_median));
    if (tightest > 0) demand.threshold = tightest;
    return demand;
  };
}

}  // namespace perfwarden::gates
