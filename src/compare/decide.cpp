#include "compare/decide.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "compare/criteria.hpp"
#include "compare/past.hpp"
#include "stats/distributions.hpp"
#include "stats/p_adjust.hpp"
#include "stats/power.hpp"
#include "stats/t_tests.hpp"

namespace perfwarden::compare {
namespace {

// Assumed where nothing is known, as sd of a run's median in logs. Between hosted runners of one kind the same code
// moved by 10 % from one hour to the next in half of all cases, and by 30 % in one of ten (64 jobs × 12 benchmarks).
constexpr double k_assumed_run_sd = 0.12;
// Between two occasions minutes apart on one machine: under load, medians of identical code moved by 5 to 10 % between
// the halves of 400 s (docs/statistics.md#two-runs-instead-of-pairs).
constexpr double k_assumed_occasion_sd = 0.04;
constexpr double k_visible = 2;                // × the threshold: not to see this much is to have seen nothing
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
  const double quantile = unseen.df > 0 ? stats::t_quantile(1 - tail, unseen.df) : stats::normal_quantile(1 - tail);
  const double reach = quantile * sd;
  Interval logs{std::log(evidence.ratio_interval.low), std::log(evidence.ratio_interval.high),
                evidence.ratio_interval.confidence};
  if (evidence.ratio > 0 && !std::isnan(logs.low)) {
    widen(logs, std::log(evidence.ratio), reach);
    evidence.ratio_interval.low = std::exp(logs.low);
    evidence.ratio_interval.high = std::exp(logs.high);
  } else if (!std::isnan(evidence.ratio)) {
    widen(evidence.ratio_interval, evidence.ratio, std::expm1(reach));
  }
  widen(evidence.difference_interval, evidence.difference, std::fabs(one.comparison.base.median) * std::expm1(reach));
  evidence.spread = std::hypot(evidence.spread, sd * std::sqrt(static_cast<double>(one.comparison.pairs) / 2));
}

// Fewer than ten pairs: a moderated t with the spread that the run's series share.
void assist_small(std::vector<Case>& cases) {
  std::map<std::size_t, std::vector<double>> variances;  // by number of pairs
  const auto small = [](const Case& one) {
    return one.tested && !one.decided && one.paired && one.comparison.pairs < k_enough &&
           one.comparison.pairs >= k_least_assisted && one.evidence.kept.size() >= k_least_assisted;
  };
  for (const Case& one : cases)
    if (small(one)) variances[one.evidence.kept.size()].push_back(one.evidence.spread * one.evidence.spread);
  std::map<std::size_t, stats::PriorVariance> priors;
  for (const auto& [pairs, values] : variances)
    priors[pairs] = stats::pooled_prior(values, static_cast<double>(pairs) - 1);
  for (Case& one : cases) {
    if (!small(one)) continue;
    const stats::PriorVariance& prior = priors[one.evidence.kept.size()];
    Estimate& evidence = one.evidence;
    if (!(prior.variance > 0) || evidence.nothing_varies) continue;
    const stats::TTest t = stats::moderated_t(evidence.kept, prior);
    evidence.p_less = std::min(1.0, 2 * std::min(evidence.p_less, t.p_less));
    evidence.p_greater = std::min(1.0, 2 * std::min(evidence.p_greater, t.p_greater));
    evidence.p_two_sided = std::min({1.0, 2 * evidence.p_less, 2 * evidence.p_greater});
    evidence.smallest_p = 0;
    evidence.assisted = true;
    evidence.method = "paired rank test and moderated t";
    warn(one.comparison, "few-pairs",
         fmt::format("{} pairs rest on a t test that borrows the spread of the run's other series, so this is at most "
                     "MEDIUM confidence: "
                     "{} pairs decide by themselves",
                     one.comparison.pairs, k_enough));
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

void decide_significance(Case& one, const RunFacts& setting) {
  Comparison& comparison = one.comparison;
  const StatisticsConfig& statistics = setting.statistics;
  const bool exactly = one.evidence.method == "exact";
  const double change = std::isnan(comparison.ratio) ? (comparison.difference == 0 ? 0 : statistics.min_effect)
                                                     : std::fabs(comparison.ratio - 1);
  if (comparison.p_adjusted <= statistics.significance && comparison.difference != 0 &&
      (exactly || change >= statistics.min_effect)) {
    comparison.significance = Significance::distinct;
    return;
  }
  comparison.significance = Significance::indistinct;
  const double level = lone_level(setting);
  const std::string among = setting.family > 1 ? fmt::format(" among {} series", setting.family) : std::string();
  if (!exactly && one.evidence.smallest_p > 2 * level) {
    const std::size_t needed = one.paired ? stats::pairs_for_level(level) : stats::samples_for_level(level);
    comparison.significance = Significance::undecidable;
    warn(comparison, "few-samples",
         fmt::format("needs {} {} to decide at the {} level{}, has {}: run more invocations", needed,
                     one.paired ? "pairs" : "invocations a side", percent(statistics.significance), among,
                     comparison.pairs));
  }
}

// What was not found although it could not have been seen is not the same as nothing.
void doubt_what_could_not_be_seen(Case& one, const RunFacts& setting) {
  Comparison& comparison = one.comparison;
  const double wanted = one.threshold;
  const double seen = comparison.minimum_detectable;
  const Interval worse = comparison.worse_interval();
  if (comparison.significance != Significance::indistinct || one.evidence.method == "exact") return;
  if (!(seen > k_visible * wanted) || !(worse.high > wanted)) return;
  comparison.significance = Significance::undecidable;
  const std::size_t needed = one.paired
                                 ? stats::pairs_needed(one.evidence.spread, std::log1p(wanted), lone_level(setting))
                                 : stats::samples_needed(one.evidence.spread, std::log1p(wanted), lone_level(setting));
  const std::string cure = setting.design == Design::cached ? std::string("measure base and head alternately")
                           : one.one_process
                               ? std::string("run several invocations")
                               : fmt::format("about {} {} would show {}", needed,
                                             one.paired ? "pairs" : "invocations a side", percent(wanted));
  warn(comparison, "too-noisy",
       fmt::format("only a change of {} or more would have been seen: {}", percent(std::round(seen * 1000) / 1000),
                   cure));
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
  decide_significance(one, setting);
  set_detectable(one, setting);
  doubt_what_could_not_be_seen(one, setting);
  warn_of_weak_design(one, setting);
  Comparison& comparison = one.comparison;
  comparison.criteria = criteria_of(comparison, one.evidence, setting, one.threshold);
  comparison.confidence =
      confidence_of(comparison, comparison.criteria, one.threshold, strongest_confidence(one, setting));
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
  comparison.effect_d = evidence.effect_d;
  comparison.p = evidence.p_two_sided;
  comparison.p_worse = comparison.metric.better == Better::lower ? evidence.p_greater : evidence.p_less;
}

void decide(std::vector<Case>& cases, RunFacts setting) {
  assist_small(cases);
  for (Case& one : cases) {
    if (!one.tested || one.decided) continue;
    bound_by_unseen(one, setting);
    show(one);
  }
  for (const bool primary : {true, false}) {
    setting.family = adjust(cases, primary, setting.statistics);
    for (Case& one : cases)
      if (!one.decided && one.comparison.metric.primary == primary) finish(one, setting);
  }
}

}  // namespace perfwarden::compare
