#include "compare/layouts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "model/unit.hpp"
#include "stats/distributions.hpp"
#include "stats/t_tests.hpp"

namespace perfwarden::compare {
namespace {

constexpr double k_level = 0.05;  // one-sided

// Whether the interval's nearer end is beyond the threshold.
bool is_surely(const Comparison& comparison, double threshold) {
  return comparison.ratio_bounds.low >= 1 + threshold || comparison.ratio_bounds.high <= 1 / (1 + threshold);
}

void set_criteria(Comparison& comparison, const stats::TTest& test, std::size_t layouts, std::size_t agreeing,
                  double threshold) {
  for (Criterion& criterion : comparison.criteria) {
    if (criterion.name == "significance") {
      criterion.met = comparison.significance == Significance::distinct;
      criterion.detail = fmt::format("one-sided p = {:.2g} over {} layouts of both sides",
                                     std::min(test.p_less, test.p_greater), layouts);
    } else if (criterion.name == "consistency") {
      criterion.met = agreeing == layouts;
      criterion.detail = fmt::format("{} of {} layouts agree", agreeing, layouts);
    } else if (criterion.name == "magnitude") {
      criterion.met = is_surely(comparison, threshold);
      criterion.detail = format_change(comparison.ratio - 1);
    }
  }
}

}  // namespace

void rest_on_layouts(Comparison& comparison, std::span<const double> ratios, double threshold) {
  std::vector<double> logs;
  logs.reserve(ratios.size());
  for (const double ratio : ratios) logs.push_back(std::log(ratio));
  const stats::TTest test = stats::one_sample_t(logs);
  const double reach = stats::t_quantile(1 - k_level, test.df) * test.standard_error;
  const double before = comparison.ratio - 1;
  comparison.ratio = std::exp(test.estimate);
  comparison.ratio_interval =
      comparison.ratio_bounds = {std::exp(test.estimate - reach), std::exp(test.estimate + reach), 1 - 2 * k_level};
  const double base = comparison.base.median;
  comparison.difference = base * (comparison.ratio - 1);
  comparison.difference_interval = comparison.difference_bounds = {
      base * (comparison.ratio_bounds.low - 1), base * (comparison.ratio_bounds.high - 1), 1 - 2 * k_level};
  comparison.p = comparison.p_adjusted = test.p_two_sided;
  comparison.p_worse = comparison.metric.better == Better::lower    ? test.p_greater
                       : comparison.metric.better == Better::higher ? test.p_less
                                                                    : test.p_two_sided;
  comparison.method = "Student's t over layouts";
  comparison.fresh_pairs = 0;
  comparison.significance =
      std::min(test.p_less, test.p_greater) <= k_level ? Significance::distinct : Significance::undecidable;
  const auto agreeing = static_cast<std::size_t>(
      std::count_if(logs.begin(), logs.end(), [&test](double one) { return one * test.estimate > 0; }));
  set_criteria(comparison, test, ratios.size(), agreeing, threshold);
  comparison.confidence.reset();
  if (comparison.significance == Significance::distinct)
    comparison.confidence = comparison.confidence_beyond(is_surely(comparison, threshold));
  comparison.warnings.push_back(
      {std::string(k_over_layouts),
       fmt::format("as built it is {}; over {} layouts of both sides {} ({} to {}), so the rest is placement",
                   format_change(before), ratios.size(), format_change(comparison.ratio - 1),
                   format_change(comparison.ratio_bounds.low - 1), format_change(comparison.ratio_bounds.high - 1))});
}

}  // namespace perfwarden::compare
