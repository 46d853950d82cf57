#include <fmt/format.h>

#include <algorithm>

#include "gates/limit.hpp"
#include "gates/profiles.hpp"

namespace perfwarden::gates {
namespace {

constexpr std::string_view k_cpu_regression_name = "cpu-regression";

// Shares hide what made every function slower alike.
void judge_whole(const ProfileInput& input, std::vector<Finding>& into) {
  const ProfileDiff& diff = input.diff;
  const auto rule = std::find_if(input.gates.rules.rbegin(), input.gates.rules.rend(), [](const ProfileRule& one) {
    return one.gate == k_cpu_regression_name && (one.soft || one.hard);
  });
  if (!diff.maybe_longer || rule == input.gates.rules.rend()) return;
  Finding finding = finding_of(k_cpu_regression_name, diff, *rule);
  finding.level = undecided(rule->hard ? Level::hard : Level::soft);
  finding.undecided = true;
  finding.reason = fmt::format(
      "head has {:.2g} times the {} of base in every function alike: a longer recording cannot be told from code that "
      "is "
      "slower throughout; if both did the same work, compare with --normalize absolute",
      diff.head.cost / static_cast<double>(diff.head.runs) / (diff.base.cost / static_cast<double>(diff.base.runs)),
      diff.type.name);
  into.push_back(std::move(finding));
}

std::vector<Finding> judge_cpu_regression(const ProfileInput& input) {
  if (counts_memory(input.diff.type)) return {};
  std::vector<Finding> out = judge_shares({k_cpu_regression_name, [](const FrameDelta&) { return true; }, true}, input);
  judge_whole(input, out);
  return out;
}

}  // namespace

extern const Rule k_rule_cpu_regression{
    k_cpu_regression_name, "a function's share of the CPU time that rose by more than +8 points", judge_cpu_regression};

}  // namespace perfwarden::gates
