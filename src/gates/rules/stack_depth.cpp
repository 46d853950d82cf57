#include <fmt/format.h>

#include <array>
#include <cmath>

#include "gates/limit.hpp"
#include "gates/profiles.hpp"

namespace perfwarden::gates {
namespace {

constexpr std::string_view k_stack_depth_name = "stack-depth";

// The interval of the difference of two estimates from their own (the square-and-add rule of Zou and Donner 2008).
Interval rise_of(const ProfileSide& base, const ProfileSide& head) {
  const auto b = static_cast<double>(base.depth_p95);
  const auto h = static_cast<double>(head.depth_p95);
  const double down =
      std::hypot(h - static_cast<double>(head.depth_p95_low), static_cast<double>(base.depth_p95_high) - b);
  const double up =
      std::hypot(static_cast<double>(head.depth_p95_high) - h, b - static_cast<double>(base.depth_p95_low));
  return {h - b - down, h - b + up, 0.95};
}

Finding judge_limit(const ProfileDiff& diff, const ProfileRule& rule, Level level, double limit) {
  Finding finding = finding_of(k_stack_depth_name, diff, rule);
  const Interval rise = rise_of(diff.base, diff.head);
  finding.unit = "frames";
  finding.expected = limit;
  finding.actual = static_cast<double>(diff.head.depth_p95) - static_cast<double>(diff.base.depth_p95);
  const std::string numbers =
      fmt::format("stacks are {} → {} frames deep at their 95th percentile ({:+.0f}), at most {} → {}",
                  diff.base.depth_p95, diff.head.depth_p95, finding.actual, diff.base.depth_max, diff.head.depth_max);
  const std::string bound = fmt::format("the {} limit of {:+.0f}", name_of(level), limit);
  switch (zone_of(rise, limit, 1)) {
    case Zone::within:
    case Zone::unknown:
      finding.reason = fmt::format("{}: within {}", numbers, bound);
      break;
    case Zone::beyond:
      finding.level = level;
      finding.reason =
          fmt::format("{}: beyond {}, look for a recursion or a new layer; {}", numbers, bound, cure_of(level));
      break;
    case Zone::straddles:
      finding.level = undecided(level);
      finding.undecided = true;
      finding.reason = fmt::format("{}, 95 % interval {:+.0f} to {:+.0f}: on both sides of {}, record longer", numbers,
                                   rise.low, rise.high, bound);
      break;
  }
  return finding;
}

std::vector<Finding> judge_stack_depth(const ProfileInput& input) {
  const ProfileDiff& diff = input.diff;
  if (diff.base.depth_max == 0 || diff.head.depth_max == 0) return {};
  const ProfileRule* rule = nullptr;
  for (const ProfileRule& one : input.gates.rules)
    if (one.gate == k_stack_depth_name) rule = &one;
  if (rule == nullptr) return {};
  const std::array<std::pair<Level, const std::optional<double>*>, 3> limits{
      {{Level::warn, &rule->warn}, {Level::soft, &rule->soft}, {Level::hard, &rule->hard}}};
  std::vector<Finding> all;
  for (const auto& [level, limit] : limits)
    if (limit->has_value()) all.push_back(judge_limit(diff, *rule, level, **limit));
  std::vector<Finding> out;
  keep_worst(all, out);
  if (out.empty() && !all.empty()) out.push_back(all.front());
  return out;
}

}  // namespace

extern const Rule k_rule_stack_depth{
    k_stack_depth_name, "stacks that grew by more than 8 frames at their 95th percentile", judge_stack_depth};

}  // namespace perfwarden::gates
