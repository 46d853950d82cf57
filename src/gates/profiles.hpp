#pragma once

#include <string_view>
#include <vector>

#include "gates/rule.hpp"

namespace perfwarden::gates {

// Judges one pair of profiles by every rule for profiles: the findings above pass, worst first, and after them, for
// each limit that was checked and is neither broken nor undecided anywhere, one of level pass with the largest change.
// A change that is not significant never breaks a limit; one whose interval lies on both sides of it is undecided. This
// is what a page about the two profiles shows; only judge() decides what follows for a run.
[[nodiscard]] std::vector<Finding> judge_profile(const ProfileDiff& diff, const ProfileGates& gates);

// What the rules on shares have in common: each judges its functions, packages and owners against the limit that
// applies to them.
struct ShareGate {
  std::string_view name;                    // of the row
  bool (*wanted)(const FrameDelta& frame);  // functions that the limit is about
  bool groups = true;                       // packages and owners too
};
[[nodiscard]] std::vector<Finding> judge_shares(const ShareGate& gate, const ProfileInput& input);

// A Finding with everything filled in that does not depend on the numbers.
[[nodiscard]] Finding finding_of(std::string_view gate, const ProfileDiff& diff, const ProfileRule& rule);

// What a person can do about a broken limit of this level.
[[nodiscard]] std::string_view cure_of(Level level);

}  // namespace perfwarden::gates
