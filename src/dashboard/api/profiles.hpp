#pragma once

#include <string>

#include "dashboard/api/question.hpp"
#include "dashboard/desk.hpp"

// Profiles on pages: where the time of a benchmark goes, and where it went after a change.
namespace perfwarden::dashboard {

// Those of the run: each with its functions, and whether it has stacks for a flame graph.
[[nodiscard]] Result<Json> profiles_of(const Desk& desk, std::int64_t run);
// The profiles nearest to both sides of a change, with the shares of their functions; those that moved most come first.
// Null when there is none on one of the sides.
[[nodiscard]] Result<Json> profile_change_of(const Desk& desk, const Line& line, const CommitRange& range);
// The shares of the series' hot functions in the newest runs that were profiled, and in which runs; null when none was.
[[nodiscard]] Result<Json> hot_functions_of(const Desk& desk, const Line& line);

// A flame graph of the profile with the number `profile`, or what changed from that with the number `base`; SVG. Error
// (k_not_there) when there are no stacks.
[[nodiscard]] Result<std::string> flame_svg(const Desk& desk, const Question& question);

}  // namespace perfwarden::dashboard
