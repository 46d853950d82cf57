#include "model/profile_gates.hpp"

#include <array>

namespace perfwarden {
namespace {

constexpr std::array k_profile_gates{
    ProfileGate{"cpu-regression", "points by which a function's share of processor time may grow", Level::soft, 0.08,
                false, true},
    ProfileGate{"allocation-regression", "points by which a function's share of what is allocated may grow",
                Level::soft, 0.10, false, true},
    ProfileGate{"new-hotspot", "share that a function new in head may have", Level::warn, 0.04},
    ProfileGate{"stack-depth", "frames by which the 95th percentile of the stack's depth may grow", Level::warn, 8,
                true}};

}  // namespace

std::span<const ProfileGate> profile_gates() {
  return k_profile_gates;
}

std::vector<ProfileRule> default_profile_rules() {
  std::vector<ProfileRule> rules;
  for (const ProfileGate& gate : k_profile_gates) {
    ProfileRule rule;
    rule.gate = gate.name;
    (gate.level == Level::warn ? rule.warn : rule.soft) = gate.limit;
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace perfwarden
