#include "gates/limit.hpp"

namespace perfwarden::gates {
namespace {

constexpr std::string_view k_added_name = "added";

std::vector<Finding> judge_added(const Input& input) {
  const Level level = level_of(input.config.added);
  if (level == Level::pass || !input.has_baseline || input.comparison.presence != Presence::only_head ||
      !presence_matters(input))
    return {};
  Finding finding = finding_of(k_added_name, input);
  finding.level = level;
  finding.reason = "new on head, so there is nothing to compare it with: it is compared from the next run on";
  return {finding};
}

}  // namespace

extern const Rule k_rule_added{k_added_name, "a benchmark of the head that the baseline does not have", judge_added};

}  // namespace perfwarden::gates
