#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "gates/limit.hpp"

namespace perfwarden::gates {
namespace {

constexpr std::string_view k_relative_change_name = "relative-change";
constexpr std::size_t k_enough = 5;  // values a side that bound something

// A View is the change in the terms of one limit: where larger is worse for the decision, and as measured for the
// words.
struct View {
  Interval bounds;          // what is sure of it
  double estimate = k_nan;  // > 0 is worse
  double bound = k_nan;     // ≥ 0
  double scale = 1;
  std::string measured;  // "+9.8 % (99 % interval +8.1 % to +11.6 %)"
};

std::string words(const Comparison& comparison, double estimate, const Interval& interval, bool relative) {
  const auto show = [&](double v) {
    return relative ? format_change(v) : format_difference(v, comparison.metric.unit);
  };
  if (comparison.metric.deterministic) return show(estimate) + " (counted exactly)";
  std::string fresh;
  if (relative && comparison.fresh_pairs > 0 && !std::isnan(comparison.fresh_ratio))
    fresh = fmt::format("; the {} fresh pairs alone {}", comparison.fresh_pairs, show(comparison.fresh_ratio - 1));
  if (std::isnan(interval.low)) return show(estimate);
  return fmt::format("{} ({} {} to {}{})", show(estimate), interval_name(interval), show(interval.low),
                     show(interval.high), fresh);
}

// Nothing is a fraction of zero: from a base that is always 0, any rise is beyond any relative limit.
bool rises_from_zero(const Comparison& c) {
  return c.base.n > 0 && c.base.minimum == 0 && c.base.maximum == 0 && std::isnan(c.ratio_interval.low);
}

View view_of(const Comparison& c, const Change& change) {
  const double sign = bad_sign(c.metric);
  const bool unknown = c.metric.better == Better::unknown;  // then the limit holds either way
  View view;
  if (change.relative && !rises_from_zero(c)) {
    view.bounds = c.worse_bounds();
    view.estimate = c.worse_by();
    view.bound = unknown ? std::abs(change.value) : change.value * sign;
    view.measured =
        words(c, c.ratio - 1, {c.ratio_interval.low - 1, c.ratio_interval.high - 1, c.ratio_interval.confidence}, true);
    return view;
  }
  const Interval& d = c.difference_bounds;
  const double most = std::max(std::abs(d.low), std::abs(d.high));
  view.bounds = unknown ? Interval{-most, most, d.confidence} : sign > 0 ? d : Interval{-d.high, -d.low, d.confidence};
  view.estimate = unknown ? k_nan : c.difference * sign;
  view.bound = change.relative ? 0 : unknown ? std::abs(change.value) : change.value * sign;
  view.scale = view.bound;
  view.measured = words(c, c.difference, c.difference_interval, false);
  if (change.relative) view.measured += " from 0";
  return view;
}

// What a person would want to see with an undecided limit: what compare says held the decision back.
std::string why_undecided(const Comparison& c, const View& view, const std::string& limit,
                          const StatisticsConfig& statistics) {
  const bool beyond = view.estimate > view.bound;
  if (beyond && !c.metric.deterministic && std::abs(c.ratio - 1) < statistics.min_effect)
    return fmt::format(
        "{} is beyond {}, but smaller than statistics.min-effect ({:.3g} %), so it is never called a change: lower "
        "min-effect, or raise the limit",
        view.measured, limit, statistics.min_effect * 100);
  if (c.significance != Significance::distinct) {
    const std::string reasons = reasons_of_doubt(c);
    if (!reasons.empty()) return fmt::format("{} is not decided against {}: {}", view.measured, limit, reasons);
    if (beyond)
      return fmt::format("{} is beyond {}, but is not distinct at the run's corrected level: run more invocations",
                         view.measured, limit);
  } else if (beyond) {
    const std::string reasons = reasons_of_doubt(c);
    return fmt::format(
        "{} is beyond {}, but only suspected: {}", view.measured, limit,
        reasons.empty() ? "LOW confidence, measure base and head alternately in several processes" : reasons);
  }
  if (c.metric.better == Better::unknown && c.significance == Significance::distinct)
    return fmt::format("{} may be beyond {}: {}", view.measured, limit, reasons_of_doubt(c));
  if (std::isnan(view.bounds.high) && std::min(c.base.n, c.head.n) >= k_enough)
    return fmt::format("{} is not decided against {}, since its bounds are not known: compare the samples again",
                       view.measured, limit);
  if (std::isnan(view.bounds.high))
    return fmt::format(
        "{} is not decided against {}, since so few values bound nothing (base {}, head {}): run more "
        "invocations",
        view.measured, limit, c.base.n, c.head.n);
  if (c.design != Design::interleaved)
    return fmt::format("{} may be beyond {}: measure base and head alternately", view.measured, limit);
  return fmt::format("{} may be beyond {}: {}", view.measured, limit,
                     what_would_decide(view.bounds, view.estimate, view.bound, c.pairs));
}

// What fails and with how much is only as sure as it is: what no label can lift takes HIGH.
Level level_that_fails(Level level, Confidence confidence, FailFrom fail_from) {
  if (confidence == Confidence::high) return level;
  return std::min(level, fail_from == FailFrom::high ? Level::warn : Level::soft);
}

void fail(Finding& finding, const Input& input, Level limit_level, Confidence confidence, const std::string& what) {
  finding.undecided = false;
  finding.level = level_that_fails(limit_level, confidence, input.config.statistics.fail_from);
  const std::string_view softened = finding.level == limit_level   ? ""
                                    : finding.level == Level::soft ? ", which fails as a soft limit does"
                                                                   : ", which only warns (statistics.fail-from: high)";
  finding.reason =
      fmt::format("{}, {} confidence{}: {}", what, name_of(confidence), softened, cure_of(finding.level, input));
}

Finding judge_change(const Input& input, Level level, const Change& change) {
  const Comparison& c = input.comparison;
  Finding finding = finding_of(k_relative_change_name, input);
  finding.op = c.metric.better == Better::lower ? "<=" : ">=";
  finding.expected = change.value;
  finding.actual = change.relative ? c.ratio - 1 : c.difference;
  finding.unit = change.relative ? "%" : c.metric.unit;
  finding.level = undecided(level);
  finding.undecided = true;
  const std::string limit =
      fmt::format("the {} limit{}{}", name_of(level), change.original.empty() ? "" : " ", change.original);
  if (!change.relative && !fits(change.base_unit, c.metric)) {
    finding.reason =
        fmt::format("{} is not in {}, the unit of {}: it was not applied", limit, c.metric.unit, c.metric.name);
    return finding;
  }
  if (!can_be_broken(change, c.metric)) {
    finding.reason =
        fmt::format("{} points where {} gets better, so nothing can break it: turn its sign", limit, c.metric.name);
    return finding;
  }
  if (const auto why = unlike(c)) {
    finding.reason = fmt::format("not judged against {}: {}", limit, *why);
    return finding;
  }
  const View view = view_of(c, change);
  const bool usable = c.strongest != Confidence::low;
  if (usable && is_within(view.bounds.high, view.bound, view.scale)) {
    finding.level = Level::pass;
    finding.undecided = false;
    finding.reason = fmt::format("{} is within {}", view.measured, limit);
  } else if (usable && c.significance == Significance::distinct && is_beyond(view.estimate, view.bound, view.scale)) {
    fail(finding, input, level, c.confidence_beyond(is_beyond(view.bounds.low, view.bound, view.scale)),
         fmt::format("{} is beyond {}", view.measured, limit));
  } else {
    finding.reason = why_undecided(c, view, limit, input.config.statistics);
  }
  return finding;
}

std::vector<Finding> judge_relative_change(const Input& input) {
  std::vector<Finding> out;
  if (input.limit == nullptr || input.comparison.presence != Presence::both) return out;
  const std::array<std::pair<Level, const std::optional<Change>*>, 3> limits{
      {{Level::warn, &input.limit->warn}, {Level::soft, &input.limit->soft}, {Level::hard, &input.limit->hard}}};
  for (const auto& [level, change] : limits)
    if (change->has_value()) out.push_back(judge_change(input, level, **change));
  return out;
}

}  // namespace

extern const Rule k_rule_relative_change{
    k_relative_change_name,
    "the change against the baseline, relative (+5%) or absolute (+16 KiB): confirmed and estimated beyond it",
    judge_relative_change};

}  // namespace perfwarden::gates
