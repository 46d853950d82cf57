#include "gates/limit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"

namespace perfwarden::gates {

namespace {

constexpr double k_least_level = 0.90;  // of an interval that decides anything

// Of the warnings of a comparison, those that say why it is not decided.
constexpr std::array<std::string_view, 13> k_doubts{
    "few-samples",       "too-noisy",       "undecided",       "not-confirmed",     "no-values",
    "unit-changed",      "not-interleaved", "one-process",     "direction-changed", "coarse-clock",
    "direction-unknown", "runs-failed",     "within-placement"};

double reach_of(double bound, double scale) {
  return bound + 1e-9 * std::abs(scale);
}

}  // namespace

bool is_within(double worse, double bound, double scale) {
  return worse <= reach_of(bound, scale);
}

bool is_beyond(double worse, double bound, double scale) {
  return worse > reach_of(bound, scale);
}

Zone zone_of(const Interval& worse, double bound, double scale) {
  if (std::isnan(worse.low) || std::isnan(worse.high) || std::isnan(bound)) return Zone::unknown;
  if (worse.confidence < k_least_level) return Zone::unknown;
  if (is_within(worse.high, bound, scale)) return Zone::within;
  return is_beyond(worse.low, bound, scale) ? Zone::beyond : Zone::straddles;
}

bool fits(const std::string& base_unit, const Metric& metric) {
  return base_unit == metric.unit || (base_unit == "1" && unit_of(metric.unit).dimension == Dimension::other);
}

bool can_be_broken(const Change& change, const Metric& metric) {
  return metric.better == Better::unknown || change.value * bad_sign(metric) >= 0;
}

std::optional<std::string> unlike(const Comparison& comparison) {
  // What changed between the members of pairs on one machine is a criterion that is not met, no more.
  if (comparison.design == Design::interleaved) return std::nullopt;
  for (const Criterion& criterion : comparison.criteria)
    if (criterion.name == "environment" && !criterion.met)
      return fmt::format("base and head were not measured alike ({}): measure both on one machine",
                         criterion.detail.empty() ? "the machines differ" : criterion.detail);
  return std::nullopt;
}

std::string reasons_of_doubt(const Comparison& comparison) {
  std::vector<std::string> words;
  for (const Warning& warning : comparison.warnings)
    if (std::find(k_doubts.begin(), k_doubts.end(), warning.code) != k_doubts.end()) words.push_back(warning.text);
  return text::join(words, "; ");
}

std::optional<std::string> doubt(const Comparison& comparison) {
  if (auto why = unlike(comparison)) return why;
  if (comparison.significance != Significance::undecidable) return std::nullopt;
  std::string reasons = reasons_of_doubt(comparison);
  if (!reasons.empty()) return reasons;
  return fmt::format("too few values to decide (base {}, head {}): run more invocations", comparison.base.n,
                     comparison.head.n);
}

Level undecided(Level level) {
  return std::min(level, Level::inconclusive);
}

void keep_worst(std::vector<Finding> findings, std::vector<Finding>& into) {
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.level > b.level; });
  Level last = Level::pass;
  for (Finding& finding : findings) {
    const bool first = last == Level::pass;
    const bool adds = first || (last == Level::soft && finding.level == Level::inconclusive);
    if (finding.level == Level::pass || !adds) continue;
    last = finding.level;
    into.push_back(std::move(finding));
  }
}

std::string what_would_decide(const Interval& worse, double estimate, double bound, std::size_t now) {
  constexpr double k_most = 1000;
  constexpr double k_bound_z = 1.645;  // of a bound at 95 %
  constexpr double k_power_z = 0.842;  // four of five runs
  const double half = estimate < bound ? worse.high - estimate : estimate - worse.low;
  // The estimate may err towards the bound, or the number would recede as more runs come.
  const double distance = std::abs(estimate - bound) - half * k_power_z / k_bound_z;
  const double ratio = half * (1 + k_power_z / k_bound_z) / distance;
  const double needed = std::ceil(static_cast<double>(std::max<std::size_t>(now, 1)) * ratio * ratio - 1e-6);
  if (!(distance > 0) || !(needed <= k_most))
    return "it is too near to the limit to tell by measuring more: use shorter repetitions, cpu_time or a quieter "
           "machine";
  return fmt::format("about {:.0f} invocations a side (now {}) would decide",
                     std::max(needed, static_cast<double>(now) + 1), now);
}

std::string format_difference(double value, const std::string& base_unit) {
  return (value > 0 ? "+" : "") + format_value(value, base_unit);
}

std::string interval_name(const Interval& interval) {
  if (std::isnan(interval.confidence)) return "interval";
  return fmt::format("{:.3g} % interval", interval.confidence * 100);
}

std::string cure_of(Level level, const Input& input) {
  const std::string place = input.budget == nullptr ? "" : input.budget->where.text();
  const std::string change = place.empty() ? "change its budget in a reviewed commit"
                                           : fmt::format("change the budget at {} in a reviewed commit", place);
  const std::string& label = input.config.overrides.label;
  if (level == Level::warn) return "worth a look, but nothing fails";
  if (level == Level::soft && !label.empty())
    return fmt::format("make it cheaper, accept it with the label '{}', or {}", label, change);
  return fmt::format("make it cheaper, or {}", change);
}

Finding finding_of(std::string_view rule, const Input& input) {
  Finding finding;
  finding.rule = std::string(rule);
  finding.series = input.comparison.id;
  if (input.budget != nullptr) {
    finding.budget = input.budget->glob;
    finding.where = input.budget->where;
  }
  return finding;
}

bool presence_matters(const Input& input) {
  if (input.budget != nullptr && input.budget->off) return false;
  return input.comparison.metric.primary || input.limit != nullptr;
}

Level level_of(OnPresence policy) {
  switch (policy) {
    case OnPresence::ignore:
      return Level::pass;
    case OnPresence::warn:
      return Level::warn;
    case OnPresence::soft:
      return Level::soft;
    case OnPresence::hard:
      return Level::hard;
  }
  return Level::pass;
}

std::vector<Warning> misfits(const Input& input) {
  std::vector<Warning> out;
  if (input.limit == nullptr) return out;
  const Metric& metric = input.comparison.metric;
  const std::string who = fmt::format("budget '{}'", input.budget == nullptr ? "" : input.budget->glob);
  const auto wrong_unit = [&](const std::string& original, const std::string& unit) {
    out.push_back({"limit-unit",
                   fmt::format("{}: the limit {} is in {}, but {} is in {}, so it is never applied: give it a unit of "
                               "{}, or put it under the metric that it is meant for",
                               who, original, unit == "1" ? "no unit" : unit, metric.name, metric.unit, metric.unit)});
  };
  for (const auto* change : {&input.limit->warn, &input.limit->soft, &input.limit->hard}) {
    if (!change->has_value()) continue;
    if (!(*change)->relative && !fits((*change)->base_unit, metric)) {
      wrong_unit((*change)->original, (*change)->base_unit);
    } else if (!can_be_broken(**change, metric)) {
      const bool lower = metric.better == Better::lower;
      out.push_back({"limit-direction",
                     fmt::format("{}: the limit {} can never fail, because {} is better when {}: a {} must be written "
                                 "with {}",
                                 who, (*change)->original, metric.name, lower ? "lower" : "higher",
                                 lower ? "largest rise" : "largest fall", lower ? "+" : "-")});
    }
  }
  for (const auto* bound : {&input.limit->max, &input.limit->min})
    if (bound->has_value() && !fits((*bound)->base_unit, metric))
      wrong_unit((bound == &input.limit->max ? "max " : "min ") + (*bound)->original, (*bound)->base_unit);
  return out;
}

}  // namespace perfwarden::gates
