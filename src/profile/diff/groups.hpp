#pragma once

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

// Own costs by group, tested together; those of at least 0.5 % on a side, the largest rise first.
[[nodiscard]] std::vector<GroupDelta> roll_up(std::span<const Member> members, const Yardstick& yardstick,
                                              double dilution, const Thresholds& thresholds);

}  // namespace perfwarden::profile
