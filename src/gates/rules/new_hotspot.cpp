#include "gates/profiles.hpp"

namespace perfwarden::gates {
namespace {

constexpr std::string_view k_new_hotspot_name = "new-hotspot";

// Also what too few samples leave open: of a function that base never showed.
bool is_new(const FrameDelta& frame) {
  if (frame.change == FrameChange::added) return true;
  return frame.change == FrameChange::inconclusive && frame.total_cost[0] == 0;
}

std::vector<Finding> judge_new_hotspot(const ProfileInput& input) {
  return judge_shares({k_new_hotspot_name, is_new, false}, input);
}

}  // namespace

extern const Rule k_rule_new_hotspot{
    k_new_hotspot_name, "a function of the head alone that has more than 4 % of the cost", judge_new_hotspot};

}  // namespace perfwarden::gates
