#pragma once

#include <span>

#include "model/call_tree.hpp"
#include "model/profile_diff.hpp"

namespace perfwarden::profile {

// Fills the depths of a side: frames a stack, weighted by `self` (cost by node). `samples`: the number of independent
// samples, for the interval of the 95th percentile; unknown (0 or NaN): the interval is from the least to the deepest
// stack.
void measure_depth(const CallTree& tree, std::span<const double> self, double samples, ProfileSide& side);

}  // namespace perfwarden::profile
