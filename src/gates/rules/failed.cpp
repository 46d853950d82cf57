#include <fmt/format.h>

#include "gates/limit.hpp"

namespace perfwarden::gates {
namespace {

constexpr std::string_view k_failed_name = "failed";

// No policy lets this pass: a benchmark that fails says nothing about its speed.
std::vector<Finding> judge_failed(const Input& input) {
  if (input.comparison.presence != Presence::failed_on_head) return {};
  Finding finding = finding_of(k_failed_name, input);
  finding.level = Level::hard;
  finding.not_measured = true;
  finding.reason = fmt::format("{}: run it by hand on head and mend what fails, or remove the benchmark in this change",
                               input.comparison.failure);
  return {finding};
}

}  // namespace

extern const Rule k_rule_failed{k_failed_name, "a benchmark that fails on head and not on base; always on, exit 3",
                                judge_failed};

}  // namespace perfwarden::gates
