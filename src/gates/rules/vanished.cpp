#include <fmt/format.h>

#include "gates/limit.hpp"

namespace perfwarden::gates {
namespace {

constexpr std::string_view k_vanished_name = "vanished";

std::vector<Finding> judge_vanished(const Input& input) {
  const Level level = level_of(input.config.vanished);
  if (level == Level::pass || input.comparison.presence != Presence::only_base || !presence_matters(input)) return {};
  Finding finding = finding_of(k_vanished_name, input);
  finding.level = level;
  finding.reason =
      input.comparison.renamed_to.empty()
          ? "measured on base, but not on head: if it was removed on purpose, say so in the review; if not, see why it "
            "no longer runs"
          : fmt::format(
                "measured on base, but not on head, where '{}' looks like it under a new name: keep the name to "
                "keep the comparison, or accept the rename in the review",
                input.comparison.renamed_to);
  return {finding};
}

}  // namespace

extern const Rule k_rule_vanished{k_vanished_name, "a benchmark of the baseline that the head no longer has",
                                  judge_vanished};

}  // namespace perfwarden::gates
