#include "compare/values.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "stats/summary.hpp"

namespace perfwarden::compare {
namespace {

constexpr double k_largest = 1e300;

bool usable(double value) {
  return std::isfinite(value) && std::fabs(value) <= k_largest;
}

// What else a machine does only ever makes these worse: of several repetitions the best is the nearest to the code's
// own cost (Chen and Revels 2016; docs/statistics.md#sampling). Elsewhere the middle one.
double one_of(const std::vector<double>& repetitions, const Metric& metric) {
  const bool is_pace = metric.name == "wall_time" || metric.name == "cpu_time" || metric.name == "throughput" ||
                       metric.name == "byte_throughput";
  if (repetitions.size() == 1) return repetitions.front();
  if (!is_pace) return stats::median(repetitions);
  return metric.better == Better::lower ? *std::min_element(repetitions.begin(), repetitions.end())
                                        : *std::max_element(repetitions.begin(), repetitions.end());
}

}  // namespace

SideValues values_of_side(const Series& series) {
  SideValues sample;
  std::vector<double> repetitions;
  std::vector<double> only;
  for (std::size_t place = 0; place < series.invocations.size(); ++place) {
    repetitions.clear();
    for (const double value : series.invocations[place]) {
      if (usable(value))
        repetitions.push_back(value);
      else
        ++sample.unusable;
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
