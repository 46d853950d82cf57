#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "model/profile_diff.hpp"

namespace perfwarden::profile {

// From the root always to the child with the largest total on `side` (0 base, 1 head), as long as it holds a third of
// its parent's and 1 % of all; at most 200 steps. Of a recursion only the first step is kept.
[[nodiscard]] std::vector<PathStep> hot_path(const CallTree& tree, const std::array<std::span<const double>, 2>& total,
                                             const std::array<double, 2>& scale, std::size_t side);

}  // namespace perfwarden::profile
