#pragma once

#include <cstddef>

#include "model/profile_diff.hpp"
#include "model/profile_summary.hpp"
#include "profile/diff/diff.hpp"

namespace perfwarden::profile {

// What is kept of one side (0: base, 1: head) of a comparison: the names of functions are those that both sides share.
[[nodiscard]] ProfileSummary summary_of(const Diff& diff, std::size_t side);

}  // namespace perfwarden::profile
