#include <fmt/format.h>

#include <array>
#include <cmath>

#include "gates/limit.hpp"

namespace perfwarden::gates {
namespace {

constexpr std::string_view k_relative_change_name = "relative-change";

// A View is the change in the terms of one limit: where larger is worse for the decision, and as measured for the
// words.
struct View {
  Interval worse;
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
  return fmt::format("{} ({} {} to {})", show(estimate), interval_name(interval), show(interval.low),
                     show(interval.high));
}

// Nothing is a fraction of zero: from a base that is always 0, any rise is beyond any relative limit.
bool rises_from_zero(const Comparison& c) {
  return c.base.n > 0 && c.base.minimum == 0 && c.base.maximum == 0 && std::isnan(c.ratio_interval.low);
}

View view_of(const Comparison& c, const Change& change) {
  const double sign = bad_sign(c.metric);
  View view;
  if (change.relative && !rises_from_zero(c)) {
    view.worse = c.worse_interval();
    view.estimate = c.worse_by();
    view.bound = change.value * sign;
    view.measured =
        words(c, c.ratio - 1, {c.ratio_interval.low - 1, c.ratio_interval.high - 1, c.ratio_interval.confidence}, true);
    return view;
  }
  const Interval& d = c.difference_interval;
  view.worse = sign > 0 ? d : Interval{-d.high, -d.low, d.confidence};
  view.estimate = c.difference * sign;
  view.bound = change.relative ? 0 : change.value * sign;
  view.scale = view.bound;
  view.measured = words(c, c.difference, d, false);
  if (change.relative) view.measured += " from 0";
  return view;
}

// Why an interval beyond the limit is still no proof; empty when it is one. A change too small for the magnitude
// criterion carries no confidence; a limit tighter than that criterion is then the magnitude that counts, and the other
// criteria must all be met.
std::string why_only_suspected(const Comparison& c) {
  if (c.significance != Significance::distinct) return "the difference is not distinct at the run's corrected level";
  if (c.confidence && *c.confidence != Confidence::low) return "";
  if (!c.confidence && c.metric.deterministic) return "";
  std::string missing;
  for (const Criterion& criterion : c.criteria)
    if (!criterion.met && (c.confidence || criterion.name != "magnitude"))
      missing += fmt::format("{}{} not met{}", missing.empty() ? "" : ", ", criterion.name,
                             criterion.detail.empty() ? "" : ": " + criterion.detail);
  if (c.confidence) return missing.empty() ? "LOW confidence" : "LOW confidence; " + missing;
  for (const Warning& warning : c.warnings)
    if (warning.code == "one-process") return "all values of a side come from one process";
  return c.criteria.empty() ? "no confidence was established" : missing;
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
  const std::string limit = fmt::format("the {} limit {}", name_of(level), change.original);
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
  if (const auto why = doubt(c)) {
    finding.reason = fmt::format("not judged against {}: {}", limit, *why);
    return finding;
  }
  const View view = view_of(c, change);
  const std::string suspected = why_only_suspected(c);
  switch (zone_of(view.worse, view.bound, view.scale)) {
    case Zone::within:
      finding.level = Level::pass;
      finding.undecided = false;
      finding.reason = fmt::format("{} is within {}", view.measured, limit);
      break;
    case Zone::beyond:
      if (suspected.empty()) {
        finding.level = level;
        finding.undecided = false;
        finding.undecided = false;
        finding.reason = fmt::format("{} is beyond {}{}: {}", view.measured, limit,
                                     c.confidence ? fmt::format(", {} confidence", name_of(*c.confidence)) : "",
                                     cure_of(level, input));
      } else {
        finding.reason = fmt::format("{} is beyond {}, but only suspected ({}): measure again with more invocations",
                                     view.measured, limit, suspected);
      }
      break;
    case Zone::straddles:
      finding.reason = fmt::format("{} lies on both sides of {}: {}", view.measured, limit,
                                   what_would_decide(view.worse, view.estimate, view.bound, c.pairs));
      if (std::isfinite(c.minimum_detectable))
        finding.reason += fmt::format(" (this run would have seen a change of {:.1f} %)", c.minimum_detectable * 100);
      break;
    case Zone::unknown:
      finding.reason = fmt::format(
          "no interval of the change is known (base {} values, head {}), so {} was not applied: "
          "run more invocations",
          c.base.n, c.head.n, limit);
      break;
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
    "the change against the baseline, relative (+5%) or absolute (+16 KiB), by its whole interval",
    judge_relative_change};

}  // namespace perfwarden::gates
