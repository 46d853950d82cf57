#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "profile/diff/classify.hpp"

namespace perfwarden::profile {

// What one function contributes to its group.
struct Member {
  std::string_view group;  // functions without a group ("") are ignored
  Samples2 self;
  double overdispersion = 1;
};
// The overdispersion of a group's cost, of whose members this is the largest.
using GroupOverdispersion = std::function<double(double largest, const Samples2& cost)>;

// Own costs by group, tested together; those of at least 0.5 % on a side, the largest rise first.
[[nodiscard]] std::vector<GroupDelta> roll_up(std::span<const Member> members,
                                              const GroupOverdispersion& overdispersion, const Yardstick& yardstick,
                                              double dilution, const Thresholds& thresholds);

}  // namespace perfwarden::profile
