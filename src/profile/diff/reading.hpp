#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "model/profile.hpp"
#include "model/profile_diff.hpp"
#include "profile/diff/merge.hpp"

namespace perfwarden::profile {

// How two recordings of sampled time are read where nobody says: as recorded, which is right for the same work and for
// recordings of the same length; by share where every function has changed alike by the same factor, as it does when
// one recording is longer.
struct Reading {
  Normalization normalization = Normalization::absolute;
  std::optional<Warning> warning;
  bool maybe_longer = false;  // head's functions all have more: longer, or slower throughout
};
// `runs`: recordings a side, which were added up; `seconds`: of all of them together, 0 = unknown.
[[nodiscard]] Reading reading_of(const United& united, const std::array<std::size_t, 2>& runs,
                                 const std::array<double, 2>& seconds);

}  // namespace perfwarden::profile
