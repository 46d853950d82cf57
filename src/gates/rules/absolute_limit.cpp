#include <fmt/format.h>

#include "gates/limit.hpp"

namespace perfwarden::gates {
namespace {

constexpr std::string_view k_absolute_limit_name = "absolute-limit";

Finding judge_bound(const Input& input, const Quantity& bound, bool is_max) {
  const Comparison& c = input.comparison;
  const Level level = input.limit->level;
  Finding finding = finding_of(k_absolute_limit_name, input);
  finding.op = is_max ? "<=" : ">=";
  finding.expected = bound.value;
  finding.actual = c.head.median;
  finding.unit = c.metric.unit;
  finding.level = undecided(level);
  finding.undecided = true;
  const std::string limit = fmt::format("the {} limit {} {}", name_of(level), is_max ? "max" : "min", bound.original);
  if (!fits(bound.base_unit, c.metric)) {
    finding.unit = bound.base_unit;
    finding.actual = k_nan;
    finding.reason =
        fmt::format("{} is not in {}, the unit of {}: it was not applied", limit, c.metric.unit, c.metric.name);
    return finding;
  }
  const Interval& head = c.head_interval;
  const Interval worse = is_max ? head : Interval{-head.high, -head.low, head.confidence};
  const double sign = is_max ? 1 : -1;
  std::string measured = format_value(c.head.median, c.metric.unit);
  if (!c.metric.deterministic)
    measured += fmt::format(" ({} {} to {})", interval_name(head), format_value(head.low, c.metric.unit),
                            format_value(head.high, c.metric.unit));
  switch (zone_of(worse, bound.value * sign, bound.value)) {
    case Zone::within:
      finding.level = Level::pass;
      finding.undecided = false;
      finding.reason = fmt::format("{} is within {}", measured, limit);
      break;
    case Zone::beyond:
      finding.level = level;
      finding.undecided = false;
      finding.reason =
          fmt::format("{} is {} {}: {}", measured, is_max ? "above" : "below", limit, cure_of(level, input));
      break;
    case Zone::straddles:
      finding.reason = fmt::format("{} lies on both sides of {}: {}", measured, limit,
                                   what_would_decide(worse, c.head.median * sign, bound.value * sign, c.head.n));
      break;
    case Zone::unknown:
      finding.reason = fmt::format("{} values of head bound nothing, so {} was not applied: run 5 invocations or more",
                                   c.head.n, limit);
      break;
  }
  return finding;
}

std::vector<Finding> judge_absolute_limit(const Input& input) {
  std::vector<Finding> out;
  if (input.limit == nullptr || input.comparison.presence == Presence::only_base) return out;
  if (input.limit->max) out.push_back(judge_bound(input, *input.limit->max, true));
  if (input.limit->min) out.push_back(judge_bound(input, *input.limit->min, false));
  return out;
}

}  // namespace

extern const Rule k_rule_absolute_limit{
    k_absolute_limit_name, "the head's own value against max and min, without a baseline, by its whole interval",
    judge_absolute_limit};

}  // namespace perfwarden::gates
