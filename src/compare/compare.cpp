#include "compare/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "compare/adaptive.hpp"
#include "compare/case.hpp"
#include "compare/criteria.hpp"
#include "compare/decide.hpp"
#include "compare/estimate.hpp"
#include "compare/failed.hpp"
#include "compare/renamed.hpp"
#include "compare/shape.hpp"
#include "compare/tail.hpp"
#include "compare/values.hpp"
#include "stats/summary.hpp"

namespace perfwarden::compare {
namespace {

void take_warnings(Comparison& comparison, const Series& series) {
  for (const Warning& warning : series.warnings)
    if (std::find(comparison.warnings.begin(), comparison.warnings.end(), warning) == comparison.warnings.end())
      comparison.warnings.push_back(warning);
}

Interval median_interval_of(const std::vector<double>& values, double confidence, bool deterministic) {
  if (values.empty()) return {};
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  if (deterministic && *low == *high) return {*low, *high, 1};
  const stats::MedianInterval interval = stats::median_interval(values, confidence);
  if (interval.low_index > 0) return {interval.low, interval.high, interval.coverage};
  if (values.size() < 2) return {};
  return {*low, *high, 1 - std::ldexp(1.0, 1 - static_cast<int>(values.size()))};
}

void set_side(Summary& summary, std::vector<double>& kept, std::vector<double> values) {
  summary = summary_of(values);
  kept = std::move(values);
}

void warn_of_unusable(Comparison& comparison, const SideValues& sample, std::string_view side) {
  if (sample.unusable > 0)
    warn(comparison, "unusable-values",
         fmt::format("{} value{} of {} {} not finite and ignored: look at what the benchmark printed", sample.unusable,
                     sample.unusable == 1 ? "" : "s", side, sample.unusable == 1 ? "was" : "were"));
}

// Present on one side only: its numbers, for the report and for absolute budgets.
Case lonely(const Series& series, Presence presence, const RunFacts& setting) {
  Case result;
  Comparison& comparison = result.comparison;
  comparison.id = series.id;
  comparison.metric = series.metric;
  comparison.presence = presence;
  comparison.design = setting.design;
  take_warnings(comparison, series);
  SideValues sample = values_of_side(series);
  const bool is_head = presence == Presence::only_head;
  warn_of_unusable(comparison, sample, is_head ? "head" : "base");
  if (is_head)
    comparison.head_interval =
        median_interval_of(sample.values, setting.statistics.confidence, series.metric.deterministic);
  if (is_head)
    set_side(comparison.head, comparison.head_values, std::move(sample.values));
  else
    set_side(comparison.base, comparison.base_values, std::move(sample.values));
  return result;
}

// Why two series of one name are not the same thing.
bool mismatched(Comparison& comparison, const Metric& base, const Metric& head) {
  if (base.unit != head.unit) {
    warn(comparison, "unit-changed",
         fmt::format("the unit changed from '{}' to '{}', so base and head were not compared: measure both with one "
                     "version of the benchmark",
                     text::one_line(base.unit), text::one_line(head.unit)));
    return true;
  }
  const bool both_said = base.better != Better::unknown && head.better != Better::unknown;
  if (both_said && base.better != head.better) {
    warn(comparison, "direction-changed",
         "base and head disagree whether lower or higher is better, so they were not compared: declare it under "
         "'metrics:'");
    return true;
  }
  return false;
}

void take_numbers(Case& result, const SideValues& base, const SideValues& head, const RunFacts& setting) {
  Comparison& comparison = result.comparison;
  result.one_process = base.one_process || head.one_process;
  const bool pair = setting.design == Design::interleaved && !result.one_process;
  if (pair) {
    Pairs pairs = pairs_of(base, head);
    if (pairs.dropped > 0)
      warn(comparison, "pairs-dropped",
           fmt::format("{} invocation{} had a value on one side only and {} ignored", pairs.dropped,
                       pairs.dropped == 1 ? "" : "s", pairs.dropped == 1 ? "was" : "were"));
    set_side(comparison.base, comparison.base_values, std::move(pairs.base));
    set_side(comparison.head, comparison.head_values, std::move(pairs.head));
  } else {
    set_side(comparison.base, comparison.base_values, base.values);
    set_side(comparison.head, comparison.head_values, head.values);
  }
  comparison.pairs = std::min(comparison.base.n, comparison.head.n);
  const double confidence = setting.statistics.confidence;
  comparison.head_interval = median_interval_of(comparison.head_values, confidence, comparison.metric.deterministic);
}

constexpr double k_least_jitter = 1e-3;  // of a count that varies hardly at all, a fraction: "instructions ± 1"
constexpr double k_jitters = 10;         // a change this many times the jitter is one

// How far apart the values of a side lie, a fraction; NaN where a side has no two, so that nobody knows.
double jitter_of(const std::vector<double>& base, const std::vector<double>& head) {
  double most = 0;
  for (const auto* values : {&base, &head}) {
    if (values->size() < 2) return k_nan;
    const auto [low, high] = std::minmax_element(values->begin(), values->end());
    most = std::max(most, (*high - *low) / std::fabs(stats::median(*values)));
  }
  return most;
}

// Whole numbers of something that no clock measured, many of them and all the same, are counts, declared or not.
bool are_counts(const std::vector<double>& base, const std::vector<double>& head, const Metric& metric) {
  const auto whole = [](const std::vector<double>& values) { return values.front() == std::floor(values.front()); };
  return !is_clocked(metric) && std::min(base.size(), head.size()) >= k_enough && whole(base) && whole(head);
}

void gather(Case& result, const RunFacts& setting, stats::NullCache& nulls) {
  Comparison& comparison = result.comparison;
  const double confidence = setting.statistics.confidence;
  const std::vector<double>& base = comparison.base_values;
  const std::vector<double>& head = comparison.head_values;
  const bool still = constant(base) && constant(head);
  bool exactly = comparison.metric.deterministic || (still && are_counts(base, head, comparison.metric));
  const double jitter = exactly && !still ? jitter_of(base, head) : 0;
  if (exactly && !still && !(jitter <= k_least_jitter)) {
    exactly = false;
    warn(comparison, "not-deterministic",
         "declared deterministic, but its values differ between invocations, so it was compared as a noisy one");
  }
  if (exactly)
    result.evidence = exact(comparison.base.median, comparison.head.median, k_jitters * jitter);
  else if (setting.design == Design::interleaved && !result.one_process)
    result.evidence = paired(base, head, confidence, nulls, result.adaptive_pairs > 0);
  else
    result.evidence = unpaired(base, head, confidence, nulls);
  result.tested = true;
  result.paired = setting.design == Design::interleaved && !result.one_process && !exactly;
}

// A time of 0 or less, and no work per time on base, measure nothing: the run was shorter than a step of its clock, or
// it did nothing. That is neither fast nor a number to compare with.
bool is_no_time(Comparison& comparison) {
  const bool time = comparison.metric.unit == "s";
  const bool head = time && comparison.head.median <= 0;
  const bool base = comparison.base.median <= 0;
  if (!is_clocked(comparison.metric) || (!head && !base)) return false;
  warn(comparison, "coarse-clock",
       fmt::format("{} {} is {} in half of the runs or more, which says nothing about its speed: see whether it still "
                   "does its work, and let each run do more",
                   !head   ? "base's"
                   : !base ? "head's"
                           : "both sides'",
                   text::one_line(comparison.metric.name), time ? "0 or less" : "0"));
  return true;
}

Case both_sides(const Series& base, const Series& head, const RunFacts& setting, stats::NullCache& nulls) {
  Case result;
  Comparison& comparison = result.comparison;
  comparison.id = head.id;
  comparison.metric = head.metric;
  comparison.metric.deterministic = base.metric.deterministic && head.metric.deterministic;
  if (head.metric.better == Better::unknown) comparison.metric.better = base.metric.better;
  comparison.design = setting.design;
  take_warnings(comparison, base);
  take_warnings(comparison, head);
  const TwoSides sides = values_of_sides(base, head, setting.design == Design::interleaved);
  warn_of_unusable(comparison, sides.base, "base");
  warn_of_unusable(comparison, sides.head, "head");
  if (sides.unequal)
    warn(comparison, "unequal-repetitions",
         "some processes gave more repetitions than those that they were compared with, so only as many of them were "
         "used: "
         "run base and head with the same number of repetitions");
  take_numbers(result, sides.base, sides.head, setting);
  if (mismatched(comparison, base.metric, head.metric)) return result;
  if (comparison.pairs == 0) {
    warn(comparison, "no-values",
         fmt::format("no usable values to compare (base {}, head {}): look at the output of the benchmark",
                     comparison.base.n, comparison.head.n));
    return result;
  }
  if (is_no_time(comparison)) return result;
  result.threshold = setting.demand_of(comparison.id, comparison.metric, comparison.base.median).threshold;
  result.adaptive_pairs = std::min(base.adaptive_pairs, head.adaptive_pairs);
  result.last_look = std::max(base.last_look, head.last_look);
  gather(result, setting, nulls);
  name_shape(comparison, base, head);
  return result;
}

// A change of a metric whose direction nobody gave is a change, and neither better nor worse.
void ask_for_directions(std::vector<Comparison>& comparisons) {
  for (Comparison& one : comparisons) {
    const bool changed = one.presence == Presence::both && one.significance == Significance::distinct;
    if (!changed || one.metric.better != Better::unknown) continue;
    one.confidence.reset();
    warn(one, "direction-unknown",
         fmt::format("nothing says whether less or more of '{0}' is better, so its change is neither: declare it in "
                     "perfwarden.yml, metrics: {{ '{0}': {{ better: higher }} }}",
                     text::one_line(one.metric.name)));
  }
}

std::vector<const Series*> sorted_unique(const std::vector<Series>& series) {
  std::vector<const Series*> sorted;
  sorted.reserve(series.size());
  for (const Series& one : series) sorted.push_back(&one);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Series* a, const Series* b) { return a->id < b->id; });
  sorted.erase(
      std::unique(sorted.begin(), sorted.end(), [](const Series* a, const Series* b) { return a->id == b->id; }),
      sorted.end());
  return sorted;
}

std::vector<Case> matched(const Samples& base, const Samples& head, const RunFacts& setting) {
  const std::vector<const Series*> bases = sorted_unique(base.series);
  const std::vector<const Series*> heads = sorted_unique(head.series);
  stats::NullCache nulls;
  std::vector<Case> cases;
  cases.reserve(bases.size() + heads.size());
  std::size_t b = 0;
  std::size_t h = 0;
  while (b < bases.size() || h < heads.size()) {
    if (h == heads.size() || (b < bases.size() && bases[b]->id < heads[h]->id))
      cases.push_back(lonely(*bases[b++], Presence::only_base, setting));
    else if (b == bases.size() || heads[h]->id < bases[b]->id)
      cases.push_back(lonely(*heads[h++], Presence::only_head, setting));
    else
      cases.push_back(both_sides(*bases[b++], *heads[h++], setting, nulls));
  }
  return cases;
}

}  // namespace

std::vector<Comparison> all(const Samples& base, const Samples& head, const StatisticsConfig& statistics,
                            const Past& past, const Demands& demands) {
  const RunFacts setting{statistics,
                         design_of(base.run, head.run),
                         differences(base.run.machine, head.run.machine),
                         !base.run.machine.fingerprint.empty(),
                         past,
                         demands};
  std::vector<Case> cases = matched(base, head, setting);
  decide_adaptive(cases, setting);
  decide(cases, setting);
  add_tails(cases, setting);
  std::vector<Comparison> comparisons;
  comparisons.reserve(cases.size());
  for (Case& one : cases) comparisons.push_back(std::move(one.comparison));
  find_renamed(comparisons);
  ask_for_directions(comparisons);
  mark_failed(comparisons, base, head);
  return comparisons;
}

}  // namespace perfwarden::compare
