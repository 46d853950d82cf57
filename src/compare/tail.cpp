#include "compare/tail.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "compare/criteria.hpp"
#include "compare/values.hpp"
#include "model/unit.hpp"
#include "stats/distributions.hpp"
#include "stats/p_adjust.hpp"
#include "stats/summary.hpp"

namespace perfwarden::compare {
namespace {

constexpr double k_percentile = 0.95;
constexpr std::size_t k_least_shown = 20;    // values a side: of fewer, the 95th percentile is the largest
constexpr std::size_t k_least_passing = 72;  // values a side that bound it: 0.95⁷² ≤ 0.025
constexpr double k_side_error = 0.025;       // of each side's bound, so 5 % of their ratio's
constexpr double k_slow_sigmas = 3;          // robust sigmas from the middle
constexpr double k_warn_level = 0.05;        // of the corrected p, so that a whole run warns falsely in 2.5 % at most

// Slow processes, and those of them whose partner in the pair is not slow.
struct Slow {
  double from = k_nan;  // a value at least as bad as this is slow
  std::size_t base = 0, head = 0;
  double alone_base = 0, alone_head = 0;
};

Slow slow_of(const Comparison& c, double threshold) {
  std::vector<double> all = c.base_values;
  all.insert(all.end(), c.head_values.begin(), c.head_values.end());
  const double middle = stats::median(all);
  const double sigma = stats::k_mad_to_sigma * stats::median_absolute_deviation(all);
  const double sign = bad_sign(c.metric);
  Slow slow;
  slow.from = middle + sign * std::max(k_slow_sigmas * sigma, threshold * std::fabs(middle));
  const auto is_slow = [&](double value) { return sign * (value - slow.from) > 0; };
  for (std::size_t i = 0; i < c.pairs; ++i) {
    const bool base = is_slow(c.base_values[i]);
    const bool head = is_slow(c.head_values[i]);
    slow.base += base ? 1U : 0U;
    slow.head += head ? 1U : 0U;
    if (base != head) (base ? slow.alone_base : slow.alone_head) += 1;
  }
  return slow;
}

double p_greater(const Slow& slow) {
  return stats::fair_coin_cdf(slow.alone_base, slow.alone_base + slow.alone_head);
}

// The percentile of a side and its bounds; NaN where the values are too few.
struct Percentile {
  double value = k_nan, low = k_nan, high = k_nan;
};

// Percentiles finds them; the ranks that bound one follow from the number of values, which is the same for most series.
class Percentiles {
 public:
  [[nodiscard]] Percentile of(const std::vector<double>& values, const Metric& metric) {
    const double q = metric.better == Better::lower ? k_percentile : 1 - k_percentile;
    const auto [known, is_new] = ranks_.try_emplace({values.size(), q});
    if (is_new) known->second = stats::quantile_ranks(values.size(), q, k_side_error);
    const std::vector<double> order = stats::sorted(values);
    Percentile out;
    if (order.size() >= k_least_shown) out.value = stats::quantile_of_sorted(order, q);
    if (known->second.low > 0) out.low = order[known->second.low - 1];
    if (known->second.high > 0) out.high = order[known->second.high - 1];
    return out;
  }

 private:
  std::map<std::pair<std::size_t, double>, stats::QuantileRanks> ranks_;
};

// The median stands for the percentile in what is shown of a side.
Summary side_of(const Summary& side, const Percentile& percentile) {
  Summary summary;
  summary.n = side.n;
  summary.minimum = side.minimum;
  summary.maximum = side.maximum;
  summary.median = percentile.value;
  return summary;
}

Comparison percentile_row(const Comparison& of, const Percentile& base, const Percentile& head) {
  Comparison c;
  c.id = of.id;
  c.id.metric = std::string(k_tail_metric);
  c.metric = of.metric;
  c.metric.name = c.id.metric;
  c.metric.primary = false;
  c.presence = of.presence;
  c.design = of.design;
  c.pairs = of.pairs;
  c.base = side_of(of.base, base);
  c.head = side_of(of.head, head);
  c.strongest = Confidence::medium;
  c.method = "95th percentile over processes, McNemar's exact test";
  c.head_interval = {head.low, head.high, 1 - 2 * k_side_error};
  return c;
}

void set_change(Comparison& c, const Percentile& base, const Percentile& head) {
  if (!(c.base.median > 0) || std::isnan(c.head.median)) return;
  c.ratio = c.head.median / c.base.median;
  c.difference = c.head.median - c.base.median;
  const double level = 1 - 4 * k_side_error;
  c.ratio_interval = c.ratio_bounds = {head.low / base.high, head.high / base.low, level};
  c.difference_interval = c.difference_bounds = {head.low - base.high, head.high - base.low, level};
  if (std::isnan(c.ratio_interval.low) || std::isnan(c.ratio_interval.high))
    c.ratio_interval = c.difference_interval = {};
}

Criterion slow_processes(const Comparison& c, const Slow& slow, double level) {
  return {"significance", c.p_adjusted <= level,
          fmt::format("{} of {} processes of head and {} of base are slow (corrected p = {:.2g})", slow.head, c.pairs,
                      slow.base, c.p_adjusted)};
}

void say_why_undecided(Comparison& c, const Case& of) {
  if (c.design != Design::interleaved || of.one_process)
    return warn(c, "not-interleaved",
                "a 95th percentile is judged only where base and head were measured alternately in processes of their "
                "own: measure them so");
  if (c.pairs < k_least_passing)
    return warn(c, "few-samples",
                fmt::format("a 95th percentile is bounded by {} pairs or more, and here are {}: set iterations: {}",
                            k_least_passing, c.pairs, k_least_passing));
  warn(c, "too-noisy",
       fmt::format("{} pairs leave it between {} and {}: set iterations: {}", c.pairs,
                   format_change(c.ratio_bounds.low - 1), format_change(c.ratio_bounds.high - 1), 2 * c.pairs));
}

struct Tail {
  std::size_t of = 0;  // index of the benchmark's own case
  Case row;
  Slow slow;
  bool asked = false;
};

void decide_tail(Tail& tail, const Case& of, const RunFacts& setting) {
  Comparison& c = tail.row.comparison;
  const double level = setting.statistics.significance;
  const bool large = std::fabs(c.worse_by()) >= setting.statistics.min_effect;
  const bool found = c.p_adjusted <= level && c.worse_by() > 0 && large;
  c.significance = found                                         ? Significance::distinct
                   : c.worse_bounds().high <= tail.row.threshold ? Significance::indistinct
                                                                 : Significance::undecidable;
  c.criteria = criteria_of_nothing(setting);
  c.criteria[0] = {"magnitude", c.worse_bounds().low >= tail.row.threshold, format_change(c.ratio - 1)};
  c.criteria[1] = slow_processes(c, tail.slow, level);
  for (const std::size_t other : {2U, 3U}) c.criteria[other].detail = "not asked of a percentile";
  if (found) c.confidence = Confidence::medium;
  if (c.significance == Significance::undecidable) say_why_undecided(c, of);
}

void warn_of_tail(Comparison& of, const Tail& tail) {
  const Comparison& c = tail.row.comparison;
  const std::string change =
      std::isnan(c.ratio) ? std::string() : fmt::format(", and the 95th percentile is {}", format_change(c.ratio - 1));
  warn(of, std::string(k_tail_grew),
       fmt::format("{} of {} processes of head are worse than {}, but {} of base{}, which the median hides: look for "
                   "what is slow now and then{}",
                   tail.slow.head, of.pairs, format_value(tail.slow.from, of.metric.unit), tail.slow.base, change,
                   tail.asked ? "" : ", or limit it with `p95: +10%`"));
}

// The series of each benchmark whose tail is looked at, by its place in `cases`.
std::vector<std::size_t> with_tails(const std::vector<Case>& cases) {
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> chosen;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Comparison& c = cases[i].comparison;
    if (c.presence == Presence::only_base || !c.metric.primary || c.metric.deterministic) continue;
    if (cases[i].evidence.method == "exact" || c.head_values.empty()) continue;
    const auto [at, first] = chosen.try_emplace({c.id.suite, c.id.benchmark}, i);
    if (!first && c.metric.name == "wall_time") at->second = i;
  }
  // A harness may report percentiles of its own.
  for (const Case& one : cases)
    if (one.comparison.id.metric == k_tail_metric) chosen.erase({one.comparison.id.suite, one.comparison.id.benchmark});
  std::vector<std::size_t> places;
  places.reserve(chosen.size());
  for (const auto& [name, place] : chosen) places.push_back(place);
  return places;
}

Tail tail_of(const Case& of, std::size_t place, const RunFacts& setting, Percentiles& percentiles) {
  Tail tail;
  tail.of = place;
  const Percentile base = percentiles.of(of.comparison.base_values, of.comparison.metric);
  const Percentile head = percentiles.of(of.comparison.head_values, of.comparison.metric);
  tail.row.comparison = percentile_row(of.comparison, base, head);
  Comparison& c = tail.row.comparison;
  const Demand demand = setting.demand_of(c.id, c.metric, c.base.median);
  tail.asked = demand.decide;
  tail.row.threshold = demand.threshold;
  if (c.presence != Presence::both) return tail;
  set_change(c, base, head);
  tail.slow = slow_of(of.comparison, of.threshold);
  const double greater = of.paired ? p_greater(tail.slow) : 1;
  c.p_worse = greater;
  c.p = c.p_adjusted = std::min(1.0, 2 * greater);
  return tail;
}

}  // namespace

void add_tails(std::vector<Case>& cases, const RunFacts& setting) {
  const std::vector<std::size_t> places = with_tails(cases);
  std::vector<Tail> tails;
  tails.reserve(places.size());
  Percentiles percentiles;
  for (const std::size_t place : places) tails.push_back(tail_of(cases[place], place, setting, percentiles));
  std::vector<double> p;
  p.reserve(tails.size());
  for (const Tail& tail : tails) p.push_back(tail.row.comparison.p_adjusted);
  const std::vector<double> adjusted = stats::p_adjust(p, stats::Adjustment::holm);
  for (std::size_t i = 0; i < tails.size(); ++i) {
    Tail& tail = tails[i];
    Case& of = cases[tail.of];
    Comparison& c = tail.row.comparison;
    c.p_adjusted = adjusted[i];
    if (c.presence == Presence::both) decide_tail(tail, of, setting);
    const bool worse = of.comparison.significance == Significance::distinct && of.comparison.worse_by() > 0;
    const bool grew = c.presence == Presence::both && c.p_adjusted <= k_warn_level && !worse;
    if (grew) warn_of_tail(of.comparison, tail);
    const bool bounded = c.presence == Presence::both && of.paired && c.pairs >= k_least_passing;
    if (!tail.asked && !bounded && !(grew && c.pairs >= k_least_shown)) continue;
    cases.push_back(std::move(tail.row));
  }
  std::stable_sort(cases.begin(), cases.end(),
                   [](const Case& a, const Case& b) { return a.comparison.id < b.comparison.id; });
}

}  // namespace perfwarden::compare
