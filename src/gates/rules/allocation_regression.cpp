#include "gates/evidence.hpp"

namespace perfwarden::gates {
namespace {

constexpr std::string_view k_name = "allocation-regression";

std::vector<Finding> judge(const EvidenceInput& input) {
  if (!counts_memory(input.evidence.type)) return {};
  return judge_shares({k_name, [](const FrameDelta&) { return true; }, true}, input);
}

}  // namespace

extern const Rule k_rule_allocation_regression{
    k_name, "a function's share of what is allocated that rose by more than +10 points", nullptr, judge};

}  // namespace perfwarden::gates
