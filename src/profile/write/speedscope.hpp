#pragma once

#include <array>
#include <string>
#include <string_view>

#include "model/profile.hpp"
#include "model/profile_diff.hpp"

// Files that https://www.speedscope.app shows, by its published schema. Stacks whose cost is negative cannot be shown
// there and are omitted.
namespace perfwarden::profile {

// One profile a sample type; the profile's default one is shown first.
[[nodiscard]] std::string write_speedscope(const Profile& profile, std::string_view name);

// Three profiles: base, head, and the increase: for nodes that regressed or are new, and below them, the part by which
// head's normalised cost exceeds base's, in head's unit.
[[nodiscard]] std::string write_speedscope(const DiffTree& diff, const SampleType& type,
                                           const std::array<std::string, 2>& labels);

}  // namespace perfwarden::profile
