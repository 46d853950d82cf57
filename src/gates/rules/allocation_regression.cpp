#include "gates/profiles.hpp"

namespace perfwarden::gates {
namespace {

constexpr std::string_view k_allocation_regression_name = "allocation-regression";

std::vector<Finding> judge_allocation_regression(const ProfileInput& input) {
  if (!counts_memory(input.diff.type)) return {};
  return judge_shares({k_allocation_regression_name, [](const FrameDelta&) { return true; }, true}, input);
}

}  // namespace

extern const Rule k_rule_allocation_regression{
    k_allocation_regression_name, "a function's share of what is allocated that rose by more than +10 points",
    judge_allocation_regression};

}  // namespace perfwarden::gates
