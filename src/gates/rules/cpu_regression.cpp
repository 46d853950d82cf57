#include "gates/profiles.hpp"

namespace perfwarden::gates {
namespace {

constexpr std::string_view k_cpu_regression_name = "cpu-regression";

std::vector<Finding> judge_cpu_regression(const ProfileInput& input) {
  if (counts_memory(input.diff.type)) return {};
  return judge_shares({k_cpu_regression_name, [](const FrameDelta&) { return true; }, true}, input);
}

}  // namespace

extern const Rule k_rule_cpu_regression{
    k_cpu_regression_name, "a function's share of the CPU time that rose by more than +8 points", judge_cpu_regression};

}  // namespace perfwarden::gates
