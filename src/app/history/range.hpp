#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/bisect/commits.hpp"
#include "model/history.hpp"
#include "trend/change_points.hpp"

namespace perfwarden::app {

// What the history says about a range of commits, as Markdown: which series changed their level inside it, by how much,
// between which two measured commits, the commits in between as suspects, and what to run next. `commits`: as
// commits_between gives them. Series without a run in the range are only counted.
[[nodiscard]] std::string range_report(std::span<const SeriesHistory> all, std::span<const Bump> bumps,
                                       const std::vector<Commit>& commits, const trend::ChangePointOptions& options);

}  // namespace perfwarden::app
