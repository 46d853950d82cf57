#include "model/profile_gates.hpp"

namespace perfwarden {
namespace {

ProfileRule rule_of(std::string gate) {
  ProfileRule rule;
  rule.gate = std::move(gate);
  return rule;
}

}  // namespace

std::vector<ProfileRule> default_profile_rules() {
  ProfileRule cpu = rule_of("cpu-regression");
  cpu.soft = 0.08;
  ProfileRule allocation = rule_of("allocation-regression");
  allocation.soft = 0.10;
  ProfileRule hotspot = rule_of("new-hotspot");
  hotspot.soft = 0.04;
  ProfileRule depth = rule_of("stack-depth");
  depth.warn = 8;
  return {cpu, allocation, hotspot, depth};
}

}  // namespace perfwarden
