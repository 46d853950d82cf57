#include "compare/criteria.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "model/unit.hpp"

namespace perfwarden::compare {
namespace {

constexpr double k_lenient = 0.7;            // share of the magnitude criterion that is enough for MEDIUM and LOW
constexpr double k_unadjusted_level = 0.05;  // of LOW
constexpr std::size_t k_fact_columns = 40;   // of a machine fact shown

Criterion magnitude(const Comparison& comparison, const Estimate& evidence, double needed) {
  if (std::isnan(comparison.ratio)) return {"magnitude", false, "no ratio: base is 0"};
  const bool up = comparison.ratio >= 1;
  const double nearest = up ? evidence.ratio_bounds.low : evidence.ratio_bounds.high;
  const std::string detail = format_change(comparison.ratio - 1);
  if (std::isnan(nearest)) return {"magnitude", false, detail + ", but so few values bound nothing"};
  const double limit = up ? 1 + needed : 1 / (1 + needed);
  const bool met = up ? nearest >= limit : nearest <= limit;
  return {"magnitude", met,
          fmt::format("{}, at least {} {} {}", detail, format_change(nearest - 1),
                      up ? (met ? "≥" : "<") : (met ? "≤" : ">"), format_change(limit - 1))};
}

Criterion significance(const Comparison& comparison, const Estimate& evidence, const RunFacts& setting) {
  const double level = setting.statistics.significance;
  const bool met = comparison.p_adjusted <= level;
  if (comparison.metric.deterministic && evidence.method == "exact")
    return {"significance", met, met ? "counted exactly: they differ" : "counted exactly: no difference"};
  if (std::isnan(evidence.p_two_sided)) return {"significance", false, "no test: too few values"};
  std::string detail = fmt::format("corrected p = {:.2g} {} {:.2g} (p = {:.2g}, {}", comparison.p_adjusted,
                                   met ? "≤" : ">", level, evidence.p_two_sided, evidence.method);
  if (!std::isnan(evidence.p_signed_rank))
    detail += fmt::format("; signed-rank p = {:.2g}, Mann–Whitney p = {:.2g}", evidence.p_signed_rank,
                          evidence.p_mann_whitney);
  return {"significance", met, detail + ")"};
}

Criterion consistency(const Comparison& comparison, const Estimate& evidence) {
  if (evidence.method == "exact") return {"consistency", comparison.p == 0, "counted exactly"};
  if (evidence.batches.empty())
    return {"consistency", false, fmt::format("{} values a side are too few for three batches", comparison.pairs)};
  const auto higher = std::count_if(evidence.batches.begin(), evidence.batches.end(), [](double d) { return d > 0; });
  const auto lower = std::count_if(evidence.batches.begin(), evidence.batches.end(), [](double d) { return d < 0; });
  const bool up = comparison.difference > 0;
  const auto agree = up ? higher : lower;
  const bool met = comparison.difference != 0 && static_cast<std::size_t>(agree) == evidence.batches.size();
  return {"consistency", met,
          fmt::format("{} of {} batches {}", agree, evidence.batches.size(), up ? "higher" : "lower")};
}

Criterion stability(const Estimate& evidence, const RunFacts& setting) {
  if (evidence.method == "exact") return {"baseline-stable", true, "counted exactly"};
  if (std::isnan(evidence.stability)) return {"baseline-stable", false, "spread unknown: too few values"};
  const bool met = evidence.stability < setting.statistics.unstable_cv;
  return {"baseline-stable", met,
          fmt::format("{} {:.1f} % {} {}", setting.design == Design::interleaved ? "paired CV" : "CV",
                      100 * evidence.stability, met ? "<" : "≥", percent(setting.statistics.unstable_cv))};
}

std::string fact(const std::string& value) {
  return value.empty() ? "unknown" : "'" + text::truncate(text::one_line(value), k_fact_columns) + "'";
}

Criterion environment(const RunFacts& setting) {
  if (!setting.machine_differences.empty()) {
    const MachineDifference& first = setting.machine_differences.front();
    const std::size_t more = setting.machine_differences.size() - 1;
    return {"environment", false,
            fmt::format("{} differs: {} and {}{}", text::truncate(text::one_line(first.fact), k_fact_columns),
                        fact(first.base), fact(first.head), more > 0 ? fmt::format(" ({} more)", more) : "")};
  }
  if (setting.design == Design::interleaved) return {"environment", true, "same machine, base and head alternating"};
  return {"environment", true,
          setting.machine_known ? "same kind of machine" : "nothing is known about either machine"};
}

}  // namespace

double log_change(const Comparison& comparison) {
  if (comparison.ratio > 0) return std::log(comparison.ratio);
  // Below zero there is no log; the fraction is far beyond any threshold on either scale.
  return comparison.ratio - 1;
}

std::string percent(double fraction) {
  return fmt::format("{:.3g} %", 100 * fraction);
}

Confidence strongest_confidence(const Case& one, const RunFacts& setting) {
  const bool interleaved = setting.design == Design::interleaved;
  if (!setting.machine_differences.empty()) return interleaved ? Confidence::medium : Confidence::low;
  if (one.evidence.method == "exact") return Confidence::high;
  if (!interleaved) return one.stands ? Confidence::medium : Confidence::low;
  if (one.one_process) return Confidence::low;
  return one.comparison.pairs < k_enough ? Confidence::medium : Confidence::high;
}

std::vector<Criterion> criteria_of(const Comparison& comparison, const Estimate& evidence, const RunFacts& setting,
                                   double threshold) {
  return {magnitude(comparison, evidence, threshold), significance(comparison, evidence, setting),
          consistency(comparison, evidence), stability(evidence, setting), environment(setting)};
}

std::vector<Criterion> criteria_of_nothing(const RunFacts& setting) {
  std::vector<Criterion> criteria;
  for (const std::string_view name : {"magnitude", "significance", "consistency", "baseline-stable"})
    criteria.push_back({name, false, "not compared"});
  criteria.push_back(environment(setting));
  return criteria;
}

std::optional<Confidence> confidence_of(const Comparison& comparison, double threshold) {
  const bool large = std::fabs(log_change(comparison)) >= std::log1p(k_lenient * threshold);
  if (!large || !(comparison.p < k_unadjusted_level)) return std::nullopt;
  if (comparison.significance != Significance::distinct) return Confidence::low;
  const bool surely =
      std::any_of(comparison.criteria.begin(), comparison.criteria.end(),
                  [](const Criterion& criterion) { return criterion.name == "magnitude" && criterion.met; });
  return comparison.confidence_beyond(surely);
}

}  // namespace perfwarden::compare
