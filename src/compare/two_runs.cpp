#include "compare/two_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "compare/past.hpp"
#include "stats/distributions.hpp"

namespace perfwarden::compare {
namespace {

bool is_of_two_runs(const Case& one, const RunFacts& setting) {
  return one.tested && setting.design != Design::interleaved && one.evidence.method != "exact";
}

const SeriesPast* past_of_case(const Case& one, const RunFacts& setting) {
  const auto found = setting.past.find(one.comparison.id);
  const bool known = found != setting.past.end() && found->second.runs >= k_least_runs && found->second.run_sd > 0;
  return known ? &found->second : nullptr;
}

// An interval of so few values that it has no width of its own is as wide as the runs differ.
void widen(Interval& interval, double estimate, double reach, double confidence) {
  if (std::isnan(interval.low)) interval = {estimate, estimate, confidence};
  interval.low = estimate - std::hypot(estimate - interval.low, reach);
  interval.high = estimate + std::hypot(interval.high - estimate, reach);
}

void widen_ratio(Interval& interval, double ratio, double reach, double confidence) {
  if (!(ratio > 0) || interval.low <= 0) return widen(interval, ratio, std::expm1(reach), confidence);
  Interval logs{std::log(interval.low), std::log(interval.high), interval.confidence};
  widen(logs, std::log(ratio), reach, confidence);
  interval = {std::exp(logs.low), std::exp(logs.high), logs.confidence};
}

void allow_by_history(Case& one, const SeriesPast& past, double confidence) {
  Estimate& evidence = one.evidence;
  const double sd = std::numbers::sqrt2 * past.run_sd;
  const double df = between_runs_df(past);
  const double z = evidence.log_estimate / sd;
  const bool few = one.one_process || one.comparison.pairs < k_least_bounded;
  evidence.p_greater = std::max(few ? 0 : evidence.p_greater, stats::t_upper(z, df));
  evidence.p_less = std::max(few ? 0 : evidence.p_less, stats::t_upper(-z, df));
  evidence.p_two_sided = std::min({1.0, 2 * evidence.p_greater, 2 * evidence.p_less});
  if (few) {
    evidence.smallest_p = 0;
    evidence.method = "prediction interval of earlier runs";
  }
  const double shown = stats::t_quantile(1 - (1 - confidence) / 2, df) * sd;
  const double sure = stats::t_quantile(1 - k_bound_error, df) * sd;
  const double base = std::fabs(one.comparison.base.median);
  widen_ratio(evidence.ratio_interval, evidence.ratio, shown, confidence);
  widen_ratio(evidence.ratio_bounds, evidence.ratio, sure, 1 - 2 * k_bound_error);
  widen(evidence.difference_interval, evidence.difference, base * std::expm1(shown), confidence);
  widen(evidence.difference_bounds, evidence.difference, base * std::expm1(sure), 1 - 2 * k_bound_error);
  const double seen = std::isnan(evidence.spread) ? 0 : evidence.spread;
  evidence.spread = std::hypot(seen, sd * std::sqrt(static_cast<double>(one.comparison.pairs) / 2));
}

// What unchanged code is known to do from run to run bounds the change in place of a spread.
void allow_by_floor(Case& one, const RunFacts& setting) {
  Estimate& evidence = one.evidence;
  const Comparison& comparison = one.comparison;
  const double most = 1 + setting.statistics.between_runs;
  const double ratio = comparison.head.median / comparison.base.median;
  const bool beyond = ratio > most || (ratio > 0 && ratio < 1 / most);
  one.stands = beyond && !one.one_process && comparison.pairs >= k_least_bounded && setting.machine_known;
  if (!one.stands) evidence.p_greater = evidence.p_less = evidence.p_two_sided = 1;
  evidence.ratio_interval.low /= most;
  evidence.ratio_interval.high *= most;
  const double reach = std::fabs(comparison.base.median) * setting.statistics.between_runs;
  evidence.difference_interval.low -= reach;
  evidence.difference_interval.high += reach;
  evidence.ratio_bounds = evidence.difference_bounds = {};
}

}  // namespace

void allow_between_runs(Case& one, const RunFacts& setting) {
  one.stands = true;
  if (!is_of_two_runs(one, setting)) return;
  if (const SeriesPast* past = past_of_case(one, setting))
    allow_by_history(one, *past, setting.statistics.confidence);
  else
    allow_by_floor(one, setting);
}

void warn_of_two_runs(Case& one, const RunFacts& setting) {
  if (one.evidence.method == "exact") return;
  const SeriesPast* past = past_of_case(one, setting);
  const bool two_runs = setting.design != Design::interleaved;
  if (one.one_process && !(two_runs && past != nullptr))
    warn(one.comparison, "one-process",
         "all values of a side come from one process and share its luck of memory layout and machine state, so this "
         "is at most LOW confidence: run several invocations");
  if (!two_runs) return;
  const std::string_view when = setting.design == Design::same_machine
                                    ? "base was measured before head, not alternately"
                                    : "the baseline comes from an earlier run";
  if (past != nullptr)
    warn(one.comparison, "not-interleaved",
         fmt::format("{}; such runs differ by {:.2g} % by themselves, which is allowed for, and this is at most MEDIUM "
                     "confidence: measure base and head alternately",
                     when, 100 * past->run_sd));
  else
    warn(one.comparison, "not-interleaved",
         fmt::format("{}, and fewer than {} runs are known to tell how much such runs differ by themselves. Only a "
                     "change of more than {:.3g} % (statistics.between-runs) in medians of {} processes a side or more "
                     "counts: measure base and head alternately, or keep {} runs",
                     when, k_least_runs, 100 * setting.statistics.between_runs, k_least_bounded, k_least_runs));
}

}  // namespace perfwarden::compare
