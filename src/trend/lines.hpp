#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/history.hpp"

// Where points of a series may be compared with those before them: only there is a change of level one of the code.
namespace perfwarden::trend {

// Points that begin something else than the point before them: another machine, another unit, or what a bump begins. A
// bump of a commit that no run measured begins with the first point of its time or later.
[[nodiscard]] std::vector<std::size_t> cuts_of(const SeriesHistory& history, std::span<const Bump> bumps);

// A history in lines of one machine and one unit each, without a bump inside; in the order of machine, unit and time.
[[nodiscard]] std::vector<SeriesHistory> lines_of(const SeriesHistory& history, std::span<const Bump> bumps);

}  // namespace perfwarden::trend
