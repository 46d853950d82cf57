#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "model/history.hpp"
#include "trend/change_points.hpp"

namespace perfwarden::app {

// Series with what was found in them, in words and as JSON (perfwarden.trend/1). A series of the history is given once
// for each machine and unit. Where a bump begins, or these change after all, a series is cut, and no change is looked
// for across the cut.
[[nodiscard]] std::string trend_text(std::span<const SeriesHistory> all, std::span<const Bump> bumps,
                                     const trend::ChangePointOptions& options, std::size_t columns);
[[nodiscard]] std::string trend_json(std::span<const SeriesHistory> all, std::span<const Bump> bumps,
                                     const trend::ChangePointOptions& options);

}  // namespace perfwarden::app
