#pragma once

#include <string>

#include "base/result.hpp"
#include "model/profile_summary.hpp"

namespace perfwarden::app {

// Flame graphs of what the history keeps of profiles, as SVG: of one, and of what changed. Error (parse) for stacks
// that are damaged.
[[nodiscard]] Result<std::string> draw_kept_profile(const ProfileSummary& profile);
[[nodiscard]] Result<std::string> draw_kept_change(const ProfileSummary& base, const ProfileSummary& head);

}  // namespace perfwarden::app
