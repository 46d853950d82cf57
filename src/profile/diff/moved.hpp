#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "profile/diff/classify.hpp"

namespace perfwarden::profile {

// Finds flagged functions whose cost went to or came from a neighbour, so that nothing below their caller got slower:
//   inlined   a callee vanished from below a function whose own cost rose by as much
//   outlined  the mirror image
//   renamed   below one caller one function vanished and others appeared with as much; or one vanished and one of
//   nearly its
//             name appeared anywhere
// and sets their change to moved, with the counterpart. Costs must agree within noise, and the noise must be small
// enough that half of the change would have been seen. A function that was renamed and grew stays a regression,
// compared with what it was. `frames` and `overdispersion` are indexed by frame of united.tree.
void find_moved(const United& united, const Yardstick& yardstick, std::span<const double> overdispersion,
                double dilution, const Thresholds& thresholds, std::span<FrameDelta> frames);

// True when the names look like one function before and after a rename: equal except for the scope or a few letters.
[[nodiscard]] bool similar_names(std::string_view a, std::string_view b);

}  // namespace perfwarden::profile
