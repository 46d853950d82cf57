#include "compare/decide.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compare/criteria.hpp"
#include "compare/moderated.hpp"
#include "compare/two_runs.hpp"
#include "compare/values.hpp"
#include "model/unit.hpp"
#include "stats/p_adjust.hpp"
#include "stats/power.hpp"

namespace perfwarden::compare {
namespace {

// Beside the exact test of pairs stands a t test that knows the spread of the run's other series too.
void assist_pairs(std::vector<Case>& cases, bool primary) {
  const auto helped = [primary](const Case& one) {
    return one.tested && !one.decided && one.paired && one.comparison.metric.primary == primary &&
           !one.evidence.nothing_varies && (has_spread(one.evidence.kept) || has_one_ratio(one.evidence.kept));
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
    const bool spread = has_spread(evidence.kept);
    evidence.method = spread ? "paired rank test and moderated t" : "paired rank test, and one ratio in all pairs";
    const std::string rests = spread
                                  ? fmt::format("a t test of {} spread", prior.variance > 0 ? "the run's" : "their own")
                                  : std::string("their being all equal");
    if (one.comparison.pairs < k_enough)
      warn(one.comparison, "few-pairs",
           fmt::format("{} pairs rest on {}, so this is at most MEDIUM confidence: {} pairs can be HIGH",
                       one.comparison.pairs, rests, k_enough));
  }
}

// The series that share one correction: primary ones, and apart from them the rest, which are gated only by name.
// Deterministic ones need none. A series that could not be found distinct even alone costs the others nothing
// (Tarone 1990): too few values, or nothing that varies.
bool counts(const Case& one, const StatisticsConfig& statistics) {
  return one.tested && one.stands && one.evidence.method != "exact" && !one.evidence.nothing_varies &&
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

// Runs that would show a distance at this one-sided level; 0 when no number can be promised.
std::size_t runs_needed(const Case& one, double distance, double level) {
  const double spread = one.evidence.spread;
  const std::size_t now = one.comparison.pairs;
  const double sure =
      one.paired ? stats::sure_distance(distance, spread, now) : stats::sure_distance_unpaired(distance, spread, now);
  if (!(sure > 0)) return 0;
  return one.paired ? stats::pairs_needed(spread, sure, level) : stats::samples_needed(spread, sure, level);
}

// Why a series is not decided, and what would decide it.
void warn_of_doubt(Case& one, const RunFacts& setting) {
  Comparison& comparison = one.comparison;
  if (!one.stands || one.coarse) return;  // said elsewhere: warn_of_two_runs, allow_for_clock
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
  const double error = estimate >= wanted ? level : k_bound_error;
  const std::size_t needed = runs_needed(one, estimate >= wanted ? estimate : wanted - estimate, error);
  const double seen = comparison.minimum_detectable;
  const std::string most = std::isnan(comparison.worse_bounds().high)
                               ? std::string("nothing bounds the change")
                               : fmt::format("it may be as much as {}", format_change(comparison.worse_bounds().high));
  const std::string cure = setting.design != Design::interleaved ? std::string("measure base and head alternately")
                           : one.one_process                     ? std::string("run several invocations")
                           : needed <= k_most_advised && needed > comparison.pairs
                               ? fmt::format("about {} {} would decide", needed, unit)
                               : std::string(k_hardly_helps);
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
  if (!std::isnan(found))
    comparison.minimum_detectable =
        std::fmax(comparison.minimum_detectable, std::max(found, setting.statistics.min_effect));
}

void finish(Case& one, const RunFacts& setting) {
  if (!one.tested) {
    if (one.comparison.presence == Presence::both) one.comparison.criteria = criteria_of_nothing(setting);
    return;
  }
  set_detectable(one, setting);
  decide_significance(one, setting);
  warn_of_two_runs(one, setting);
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
  if (comparison.metric.better == Better::unknown) return;
  comparison.p_worse = comparison.metric.better == Better::lower ? evidence.p_greater : evidence.p_less;
}

void allow_for_clock(Case& one) {
  Comparison& comparison = one.comparison;
  const double base = comparison.base.median;
  if (one.evidence.method == "exact" || !is_clocked(comparison.metric) || !(base > 0)) return;
  const double hidden = hidden_by_clock(comparison.base_values, comparison.head_values, comparison.metric);
  if (!(hidden > 0)) return;
  const bool was_within = comparison.worse_bounds().high <= one.threshold;
  if (comparison.metric.better == Better::higher) {  // of the time that a rate is the reciprocal of
    comparison.ratio_bounds.low = 1 / (1 / comparison.ratio_bounds.low + hidden);
    comparison.difference_bounds.low -= base * hidden / (1 + hidden);
  } else {
    comparison.ratio_bounds.high += hidden;
    comparison.difference_bounds.high += base * hidden;
  }
  if (comparison.worse_by() > one.threshold) return;  // nothing hides: the change is seen
  const bool hides = hidden > one.threshold || (was_within && comparison.worse_bounds().high > one.threshold);
  if (!hides) return;
  one.coarse = true;
  comparison.minimum_detectable = hidden;  // at least; set_detectable() may find more
  const std::string step = comparison.metric.unit == "s" ? format_value(hidden * base, "s") : percent(hidden);
  warn(comparison, "coarse-clock",
       fmt::format("most values are equal, as with a clock that steps by {}{}{}, so a change of up to {} could "
                   "hide: let each run do more work, or use a finer clock",
                   hidden == 1 ? "up to " : "", step, comparison.metric.unit == "s" ? "" : " of a run",
                   percent(hidden)));
}

void decide(std::vector<Case>& cases, RunFacts setting) {
  for (const bool primary : {true, false}) assist_pairs(cases, primary);
  for (Case& one : cases) {
    if (!one.tested || one.decided) continue;
    allow_between_runs(one, setting);
    show(one);
    allow_for_clock(one);
    one.comparison.strongest = strongest_confidence(one, setting);
  }
  for (const bool primary : {true, false}) {
    setting.family = adjust(cases, primary, setting.statistics);
    for (Case& one : cases)
      if (!one.decided && one.comparison.metric.primary == primary) finish(one, setting);
  }
}

}  // namespace perfwarden::compare
