#include "compare/values.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <utility>

#include "stats/summary.hpp"

namespace perfwarden::compare {
namespace {

constexpr double k_largest = 1e300;

bool usable(double value) {
  return std::isfinite(value) && std::fabs(value) <= k_largest;
}

bool is_pace(const Metric& metric) {
  return metric.name == "wall_time" || metric.name == "cpu_time" || metric.name == "throughput" ||
         metric.name == "byte_throughput";
}

// What else a machine does only ever makes these worse: of several repetitions the best is the nearest to the code's
// own cost (docs/statistics.md#sampling). Elsewhere the middle one.
double one_of(const std::vector<double>& repetitions, const Metric& metric) {
  if (repetitions.size() == 1) return repetitions.front();
  if (!is_pace(metric) || metric.better == Better::unknown) return stats::median(repetitions);
  return metric.better == Better::lower ? *std::min_element(repetitions.begin(), repetitions.end())
                                        : *std::max_element(repetitions.begin(), repetitions.end());
}

// Usable values of each invocation.
std::vector<std::size_t> repetitions_of(const Series& series) {
  std::vector<std::size_t> counts;
  for (const std::vector<double>& values : series.invocations)
    counts.push_back(static_cast<std::size_t>(std::count_if(values.begin(), values.end(), usable)));
  return counts;
}

// The first `most[i]` usable values of invocation i; all of those that `most` does not reach.
SideValues values_of(const Series& series, std::span<const std::size_t> most) {
  SideValues sample;
  std::vector<double> repetitions;
  std::vector<double> only;
  for (std::size_t place = 0; place < series.invocations.size(); ++place) {
    repetitions.clear();
    for (const double value : series.invocations[place]) {
      if (!usable(value))
        ++sample.unusable;
      else if (place >= most.size() || repetitions.size() < most[place])
        repetitions.push_back(value);
    }
    if (repetitions.empty()) continue;
    sample.values.push_back(one_of(repetitions, series.metric));
    sample.places.push_back(place);
    if (sample.values.size() == 1) only = repetitions;
  }
  if (sample.values.size() == 1 && only.size() > 1 && series.invocations.size() == 1) {
    sample.one_process = true;
    sample.values = only;
    sample.places.assign(only.size(), sample.places.front());
  }
  return sample;
}

}  // namespace

SideValues values_of_side(const Series& series) {
  return values_of(series, {});
}

TwoSides values_of_sides(const Series& base, const Series& head, bool paired) {
  std::vector<std::size_t> of_base = repetitions_of(base);
  std::vector<std::size_t> of_head = repetitions_of(head);
  TwoSides sides;
  // A lone process a side is no sample of processes: all of its values are shown as they are.
  if (!is_pace(head.metric) || (of_base.size() == 1 && of_head.size() == 1))
    return {values_of(base, {}), values_of(head, {}), false};
  std::size_t fewest = std::numeric_limits<std::size_t>::max();
  for (const auto* counts : {&of_base, &of_head})
    for (const std::size_t count : *counts)
      if (count > 0) fewest = std::min(fewest, count);
  for (std::size_t i = 0; i < std::max(of_base.size(), of_head.size()); ++i) {
    const bool both = i < of_base.size() && i < of_head.size() && of_base[i] > 0 && of_head[i] > 0;
    const std::size_t most = !paired ? fewest : both ? std::min(of_base[i], of_head[i]) : 0;
    if (paired && !both) continue;  // no pair: its values are dropped later
    for (auto* counts : {&of_base, &of_head}) {
      if (i >= counts->size() || (*counts)[i] <= most) continue;
      sides.unequal = true;
      (*counts)[i] = most;
    }
  }
  sides.base = values_of(base, of_base);
  sides.head = values_of(head, of_head);
  return sides;
}

bool all_positive(const std::vector<double>& values) {
  return !values.empty() && std::all_of(values.begin(), values.end(), [](double value) { return value > 0; });
}

bool constant(const std::vector<double>& values) {
  return std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end();
}

Pairs pairs_of(const SideValues& base, const SideValues& head) {
  Pairs pairs;
  std::size_t b = 0;
  std::size_t h = 0;
  while (b < base.places.size() && h < head.places.size()) {
    if (base.places[b] == head.places[h]) {
      pairs.base.push_back(base.values[b++]);
      pairs.head.push_back(head.values[h++]);
      continue;
    }
    ++pairs.dropped;
    if (base.places[b] < head.places[h])
      ++b;
    else
      ++h;
  }
  pairs.dropped += base.places.size() - b + head.places.size() - h;
  return pairs;
}

bool is_clocked(const Metric& metric) {
  return metric.unit == "s" || (metric.better == Better::higher && better_of_unit(metric.unit) == Better::higher);
}

double hidden_by_clock(std::vector<double> base, std::vector<double> head, const Metric& metric) {
  constexpr double k_same = 1e-9;  // a fraction: the same number of steps, written in two ways
  if (base.empty() || head.empty()) return 0;
  if (metric.unit != "s") {
    if (!all_positive(base) || !all_positive(head)) return 0;
    for (auto* values : {&base, &head})
      for (double& value : *values) value = 1 / value;
  }
  const double typical = stats::median(base);
  std::vector<double> all = std::move(base);
  all.insert(all.end(), head.begin(), head.end());
  std::sort(all.begin(), all.end());
  std::size_t different = 1;
  double least = std::fabs(all.back());
  for (std::size_t i = 1; i < all.size(); ++i) {
    const double gap = all[i] - all[i - 1];
    if (!(gap > k_same * std::fabs(all[i]))) continue;
    ++different;
    least = std::min(least, gap);
  }
  return 2 * different <= all.size() ? least / typical : 0;
}

Summary summary_of(const std::vector<double>& values) {
  Summary summary;
  summary.n = values.size();
  if (values.empty()) return summary;
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  summary.minimum = sorted.front();
  summary.maximum = sorted.back();
  summary.median = stats::quantile_of_sorted(sorted, 0.5);
  summary.mean = stats::mean(sorted);
  summary.standard_deviation =
      sorted.front() == sorted.back() && sorted.size() > 1 ? 0.0 : stats::standard_deviation(sorted);
  const double centre = std::fabs(summary.mean);
  if (centre > 0) summary.coefficient_of_variation = summary.standard_deviation / centre;
  if (summary.standard_deviation == 0) summary.coefficient_of_variation = 0;
  return summary;
}

double log_ratio(double base, double head) {
  return std::ldexp(std::nearbyint(std::ldexp(std::log(head) - std::log(base), 40)), -40);
}

}  // namespace perfwarden::compare
