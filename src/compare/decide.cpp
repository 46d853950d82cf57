#include "compare/decide.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "compare/criteria.hpp"
#include "compare/moderated.hpp"
#include "compare/past.hpp"
#include "model/unit.hpp"
#include "stats/distributions.hpp"
#include "stats/p_adjust.hpp"
#include "stats/power.hpp"

namespace perfwarden::compare {
namespace {

// Assumed where nothing is known, as sd of a run's median in logs. Between hosted runners of one kind the same code
// moved by 10 % from one hour to the next in half of all cases, and by 30 % in one of ten (64 jobs × 12 benchmarks).
constexpr double k_assumed_run_sd = 0.12;
// Between two occasions minutes apart on one machine: under load, medians of identical code moved by 5 to 10 % between
// the halves of 400 s (docs/statistics.md#two-runs-instead-of-pairs).
constexpr double k_assumed_occasion_sd = 0.04;
constexpr double k_bound_error = 0.05;         // of each of the one-sided bounds
constexpr double k_assumed_process_sd = 0.02;  // what a process keeps to itself: docs/statistics.md#sampling

// What a test of the values at hand cannot see, because it is the same for all values of a side.
struct Unseen {
  double sd = 0;  // of one side, in logs
  double df = 0;  // degrees of freedom of sd; 0 = taken as known
  bool assumed = false;
};

Unseen unseen_by(const Case& one, const RunFacts& setting) {
  const auto found = setting.past.find(one.comparison.id);
  const bool known = found != setting.past.end() && found->second.runs >= k_least_runs && found->second.run_sd > 0;
  if (!one.tested || one.evidence.method == "exact") return {};
  if (setting.design == Design::interleaved && !one.one_process) return {};
  if (known) return {found->second.run_sd, between_runs_df(found->second), false};
  const double occasion = setting.design == Design::cached         ? k_assumed_run_sd
                          : setting.design == Design::same_machine ? k_assumed_occasion_sd
                                                                   : 0;
  return {std::hypot(occasion, one.one_process ? k_assumed_process_sd : 0), 0, true};
}

void widen(Interval& interval, double estimate, double reach) {
  interval.low = estimate - std::hypot(estimate - interval.low, reach);
  interval.high = estimate + std::hypot(interval.high - estimate, reach);
}

void widen_ratio(Interval& interval, double ratio, double reach) {
  if (!(ratio > 0) || !(interval.low > 0)) return widen(interval, ratio, std::expm1(reach));
  Interval logs{std::log(interval.low), std::log(interval.high), interval.confidence};
  widen(logs, std::log(ratio), reach);
  interval.low = std::exp(logs.low);
  interval.high = std::exp(logs.high);
}

void bound_by_unseen(Case& one, const RunFacts& setting) {
  const Unseen unseen = unseen_by(one, setting);
  Estimate& evidence = one.evidence;
  if (!(unseen.sd > 0) || evidence.nothing_varies) return;
  const double sd = std::numbers::sqrt2 * unseen.sd;
  const auto upper = [&](double z) { return unseen.df > 0 ? stats::t_upper(z, unseen.df) : stats::normal_upper(z); };
  const double z = evidence.log_estimate / sd;
  evidence.p_greater = std::max(evidence.p_greater, upper(z));
  evidence.p_less = std::max(evidence.p_less, upper(-z));
  evidence.p_two_sided = std::min({1.0, 2 * evidence.p_greater, 2 * evidence.p_less});
  const double tail = (1 - setting.statistics.confidence) / 2;
  const auto quantile = [&](double p) {
    return unseen.df > 0 ? stats::t_quantile(p, unseen.df) : stats::normal_quantile(p);
  };
  const double base = std::fabs(one.comparison.base.median);
  widen_ratio(evidence.ratio_interval, evidence.ratio, quantile(1 - tail) * sd);
  widen_ratio(evidence.ratio_bounds, evidence.ratio, quantile(1 - k_bound_error) * sd);
  widen(evidence.difference_interval, evidence.difference, base * std::expm1(quantile(1 - tail) * sd));
  widen(evidence.difference_bounds, evidence.difference, base * std::expm1(quantile(1 - k_bound_error) * sd));
  evidence.spread = std::hypot(evidence.spread, sd * std::sqrt(static_cast<double>(one.comparison.pairs) / 2));
}

// Beside the exact test of pairs stands a t test that knows the spread of the run's other series too.
void assist_pairs(std::vector<Case>& cases, bool primary) {
  const auto helped = [primary](const Case& one) {
    return one.tested && !one.decided && one.paired && one.comparison.metric.primary == primary &&
           !one.evidence.nothing_varies && has_spread(one.evidence.kept);
  };
  std::vector<std::vector<double>> spreads;
  for (const Case& one : cases)
    if (helped(one)) spreads.push_back(one.evidence.kept);
  const stats::PriorVariance prior = prior_of(spreads);
  for (Case& one : cases) {
    if (!helped(one)) continue;
    Estimate& evidence = one.evidence;
    const OneSided p = beside_exact({evidence.p_less, evidence.p_greater}, evidence.kept, prior);
    evidence.p_less = p.less;
    evidence.p_greater = p.greater;
    evidence.p_two_sided = std::min({1.0, 2 * p.less, 2 * p.greater});
    evidence.smallest_p = 0;
    evidence.method = "paired rank test and moderated t";
    if (one.comparison.pairs < k_enough)
      warn(one.comparison, "few-pairs",
           fmt::format("{} pairs rest on a t test of {} spread, so this is at most MEDIUM confidence: {} pairs can "
                       "be HIGH",
                       one.comparison.pairs, prior.variance > 0 ? "the run's" : "their own", k_enough));
  }
}

// The series that share one correction: primary ones, and apart from them the rest, which are gated only by name.
// Deterministic ones need none. A series that could not be found distinct even alone costs the others nothing
// (Tarone 1990): too few values, or nothing that varies.
bool counts(const Case& one, const StatisticsConfig& statistics) {
  return one.tested && one.evidence.method != "exact" && !one.evidence.nothing_varies &&
         one.evidence.smallest_p <= statistics.significance;
}

stats::Adjustment adjustment_of(Correction correction) {
  switch (correction) {
    case Correction::none:
      return stats::Adjustment::none;
    case Correction::holm:
      return stats::Adjustment::holm;
    case Correction::benjamini_hochberg:
      return stats::Adjustment::benjamini_hochberg;
  }
  return stats::Adjustment::holm;
}

std::size_t adjust(std::vector<Case>& cases, bool primary, const StatisticsConfig& statistics) {
  std::vector<std::size_t> members;
  std::vector<double> p;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    Case& one = cases[i];
    if (!one.tested || one.decided || one.comparison.metric.primary != primary) continue;
    one.comparison.p_adjusted = one.comparison.p;
    if (!counts(one, statistics)) continue;
    members.push_back(i);
    p.push_back(one.comparison.p);
  }
  const std::vector<double> adjusted = stats::p_adjust(p, adjustment_of(statistics.correction));
  for (std::size_t i = 0; i < members.size(); ++i) cases[members[i]].comparison.p_adjusted = adjusted[i];
  return members.size();
}

// The one-sided level that a lone finding must reach.
double lone_level(const RunFacts& setting) {
  const bool corrected = setting.statistics.correction != Correction::none;
  const auto family = static_cast<double>(std::max<std::size_t>(1, setting.family));
  return setting.statistics.significance / (corrected ? 2 * family : 2);
}

// Why a series is not decided, and what would decide it.
void warn_of_doubt(Case& one, const RunFacts& setting) {
  Comparison& comparison = one.comparison;
  const double level = lone_level(setting);
  const std::string_view unit = one.paired ? "pairs" : "invocations a side";
  if (one.evidence.smallest_p > 2 * level || comparison.pairs < k_least_bounded) {
    const std::size_t needed = one.evidence.smallest_p <= 2 * level ? 0
                               : one.paired                         ? stats::pairs_for_level(level)
                                                                    : stats::samples_for_level(level);
    const std::string among = setting.family > 1 ? fmt::format(" among {} series", setting.family) : std::string();
    warn(comparison, "few-samples",
         fmt::format("needs {} {} to decide at the {} level{}, has {}: run more invocations",
                     std::max(needed, k_least_bounded), unit, percent(setting.statistics.significance), among,
                     comparison.pairs));
    return;
  }
  const double wanted = std::log1p(one.threshold);
  const double estimate = std::log1p(std::max(-0.5, comparison.worse_by()));
  // Beyond the threshold it has to be found; within, a bound has to come below the threshold.
  const double distance = estimate >= wanted ? estimate : wanted - estimate;
  const double error = estimate >= wanted ? level : k_bound_error;
  const std::size_t needed = one.paired ? stats::pairs_needed(one.evidence.spread, distance, error)
                                        : stats::samples_needed(one.evidence.spread, distance, error);
  const double seen = comparison.minimum_detectable;
  const std::string most = std::isnan(comparison.worse_bounds().high)
                               ? std::string("nothing bounds the change")
                               : fmt::format("it may be as much as {}", format_change(comparison.worse_bounds().high));
  const std::string cure = setting.design == Design::cached ? std::string("measure base and head alternately")
                           : one.one_process                ? std::string("run several invocations")
                           : needed <= k_most_advised && needed > comparison.pairs
                               ? fmt::format("about {} {} would decide", needed, unit)
                               : std::string("less noise would help, more runs hardly");
  warn(comparison, "too-noisy",
       fmt::format("{}{}: {}", most,
                   std::isnan(seen) ? ""
                                    : fmt::format(", and only {} or more would have been seen",
                                                  percent(std::round(seen * 1000) / 1000)),
                   cure));
}

// What was not found, and what would have been no news if it had been, is indistinct; else nothing is known yet.
void decide_significance(Case& one, const RunFacts& setting) {
  Comparison& comparison = one.comparison;
  const StatisticsConfig& statistics = setting.statistics;
  const bool exactly = one.evidence.method == "exact";
  const double change = std::isnan(comparison.ratio) ? (comparison.difference == 0 ? 0 : statistics.min_effect)
                                                     : std::fabs(comparison.ratio - 1);
  const bool found = comparison.p_adjusted <= statistics.significance && comparison.difference != 0 &&
                     (exactly || change >= statistics.min_effect);
  const bool fine = comparison.worse_bounds().high <= one.threshold;
  comparison.significance = found             ? Significance::distinct
                            : exactly || fine ? Significance::indistinct
                                              : Significance::undecidable;
  if (comparison.significance == Significance::undecidable) warn_of_doubt(one, setting);
}

void set_detectable(Case& one, const RunFacts& setting) {
  Comparison& comparison = one.comparison;
  if (one.evidence.method == "exact") {
    comparison.minimum_detectable = 0;
    return;
  }
  const double level = lone_level(setting);
  if (one.evidence.smallest_p > 2 * level) return;
  const bool pairs = one.paired;
  const double found =
      pairs ? stats::detectable_paired(one.evidence.spread, comparison.pairs, level)
            : stats::detectable_unpaired(one.evidence.spread, comparison.base.n, comparison.head.n, level);
  if (!std::isnan(found)) comparison.minimum_detectable = std::max(found, setting.statistics.min_effect);
}

void warn_of_weak_design(Case& one, const RunFacts& setting) {
  if (one.evidence.method == "exact") return;
  const Unseen unseen = unseen_by(one, setting);
  if (one.one_process)
    warn(one.comparison, "one-process",
         "all values of a side come from one process and share its luck of memory layout and machine state, so this "
         "is at most LOW confidence: run several invocations");
  if (setting.design == Design::interleaved) return;
  if (setting.design == Design::same_machine)
    warn(one.comparison, "not-interleaved",
         fmt::format(
             "base was measured before head, not alternately, so drift of the machine counts as change; {:.2g} % "
             "of it is {}, and this is at most {} confidence: measure base and head alternately",
             100 * unseen.sd, unseen.assumed ? "assumed" : "allowed for by what earlier runs show",
             unseen.assumed ? "LOW" : "MEDIUM"));
  else
    warn(one.comparison, "not-interleaved",
         unseen.assumed
             ? fmt::format("the baseline comes from an earlier run and fewer than {} runs are known to tell how much "
                           "such runs differ by themselves ({:.0f} % is assumed), so this is at most LOW confidence: "
                           "measure base and head alternately",
                           k_least_runs, 100 * unseen.sd)
             : fmt::format("the baseline comes from an earlier run; such runs differ by {:.2g} % by themselves, which "
                           "is allowed for, and this is at most MEDIUM confidence: measure base and head alternately",
                           100 * unseen.sd));
}

void finish(Case& one, const RunFacts& setting) {
  if (!one.tested) {
    if (one.comparison.presence == Presence::both) one.comparison.criteria = criteria_of_nothing(setting);
    return;
  }
  set_detectable(one, setting);
  decide_significance(one, setting);
  warn_of_weak_design(one, setting);
  Comparison& comparison = one.comparison;
  comparison.criteria = criteria_of(comparison, one.evidence, setting, one.threshold);
  comparison.confidence = confidence_of(comparison, one.threshold);
}

}  // namespace

void show(Case& one) {
  Comparison& comparison = one.comparison;
  const Estimate& evidence = one.evidence;
  comparison.method = evidence.method;
  comparison.ratio = evidence.ratio;
  comparison.ratio_interval = evidence.ratio_interval;
  comparison.difference = evidence.difference;
  comparison.difference_interval = evidence.difference_interval;
  comparison.ratio_bounds = evidence.ratio_bounds;
  comparison.difference_bounds = evidence.difference_bounds;
  comparison.effect_d = evidence.effect_d;
  comparison.p = evidence.p_two_sided;
  comparison.p_worse = comparison.metric.better == Better::lower ? evidence.p_greater : evidence.p_less;
}

void decide(std::vector<Case>& cases, RunFacts setting) {
  for (const bool primary : {true, false}) assist_pairs(cases, primary);
  for (Case& one : cases) {
    if (!one.tested || one.decided) continue;
    bound_by_unseen(one, setting);
    show(one);
    one.comparison.strongest = strongest_confidence(one, setting);
  }
  for (const bool primary : {true, false}) {
    setting.family = adjust(cases, primary, setting.statistics);
    for (Case& one : cases)
      if (!one.decided && one.comparison.metric.primary == primary) finish(one, setting);
  }
}

}  // namespace perfwarden::compare
