#include "compare/shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>
#include <vector>

#include "compare/case.hpp"
#include "model/unit.hpp"
#include "stats/distributions.hpp"
#include "stats/summary.hpp"

namespace perfwarden::compare {
namespace {

constexpr std::size_t k_least_values = 10;
constexpr double k_explained = 0.9;    // of the variance, by the gap alone; a bell or a flat curve stays below
constexpr double k_least_share = 0.2;  // of the values in the smaller group: fewer are outliers
constexpr double k_steady_level = 0.01;
constexpr std::size_t k_least_repetitions = 4;

void name_modes(Comparison& comparison, const std::vector<double>& values, std::string_view side) {
  if (values.size() < k_least_values) return;
  const stats::Split split = stats::gap_split(values, k_least_share);
  if (!(split.explained >= k_explained)) return;
  const ValuePair modes = format_pair(split.low_mode, split.high_mode, comparison.metric.unit);
  warn(comparison, "multi-modal",
       fmt::format("{} has two modes, {} and {} ({:.0f} % of the values): something switches between runs, such as "
                   "memory layout or frequency; the verdict allows for it",
                   side, modes.first, modes.second, 100 * split.high_fraction));
}

void name_unsteady(Comparison& comparison, const Series& series, std::string_view side) {
  double later_larger = 0;
  double later_smaller = 0;
  for (const std::vector<double>& values : series.invocations) {
    if (values.size() < k_least_repetitions) continue;
    const std::span<const double> all(values);
    const double first = stats::median(all.first(values.size() / 2));
    const double later = stats::median(all.last(values.size() / 2));
    if (later > first) later_larger += 1;
    if (later < first) later_smaller += 1;
  }
  const double n = later_larger + later_smaller;
  const double p = 2 * stats::fair_coin_cdf(std::min(later_larger, later_smaller), n);
  if (n < 1 || !(p < k_steady_level)) return;
  const bool falling = later_smaller > later_larger;
  warn(comparison, "not-steady",
       fmt::format("{}: in {:.0f} of {:.0f} processes the later repetitions are {} than the first: {}", side,
                   std::max(later_larger, later_smaller), n, falling ? "smaller" : "larger",
                   falling ? "warm up longer" : "something wears out within a process"));
}

}  // namespace

void name_shape(Comparison& comparison, const Series& base, const Series& head) {
  if (comparison.metric.deterministic) return;
  name_modes(comparison, comparison.base_values, "base");
  name_modes(comparison, comparison.head_values, "head");
  name_unsteady(comparison, base, "base");
  name_unsteady(comparison, head, "head");
}

}  // namespace perfwarden::compare
