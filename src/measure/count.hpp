#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "measure/run.hpp"

// What is counted rather than timed, in runs of its own: allocations (src/preload), instructions (valgrind), and the
// size of a program. Nothing of it is taken from a timed run, which counting would slow down.
namespace perfwarden::measure {

// That the tools for what the suites ask for are here. Error (benchmark) with the cure.
[[nodiscard]] Status check_tools(const Plan& plan, const Children& sides, os::Processes& processes);

// Runs base and head in turn and appends to raw.counts. Two runs a side where both give the same numbers; else, since
// they then are no facts but samples, as many as a side that is measured alone, or until max_time_s of the suite has
// passed. What fails or brings nothing is a warning; a signal sets raw.interrupted.
[[nodiscard]] Status count(const Plan& plan, const Children& sides, os::Processes& processes, os::Clock& clock,
                           const std::function<void(const std::string&)>& tell, Raw& raw);

// The total of a file that cachegrind wrote; nullopt when it has none.
[[nodiscard]] std::optional<std::uint64_t> instructions_in(std::string_view cachegrind_out);

}  // namespace perfwarden::measure
