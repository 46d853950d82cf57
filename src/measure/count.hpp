#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "measure/children.hpp"
#include "model/plan.hpp"
#include "model/raw.hpp"
#include "os/clock.hpp"
#include "os/process/processes.hpp"

// Counts instead of times, in separate runs: allocations (src/preload), instructions (valgrind), and the
// size of a program. Nothing is counted in a timed run, since counting would slow it down.
namespace perfwarden::measure {

// Checks that the tools for the counts that the suites ask for are installed. Error (benchmark) with the cure.
[[nodiscard]] Status check_tools(const Plan& plan, const Children& sides, os::Processes& processes);

// Whether a suite is counted on a side. The size of a program is always taken: that costs nothing.
using Wanted = std::function<bool(std::size_t suite, Side side)>;

// Runs base and head in turn and appends to raw.counts. Two runs a side where both give the same numbers; else the
// numbers are noisy samples, and there are as many runs as for a side that is measured alone, or until max_time_s of
// the suite is over. A count that fails or gives nothing is a warning; a signal sets raw.interrupted.
[[nodiscard]] Status count(const Plan& plan, const Children& sides, os::Processes& processes, os::Clock& clock,
                           const std::function<void(const std::string&)>& tell, const Wanted& wanted, Raw& raw);

// The total of a file that cachegrind wrote; nullopt when it has none.
[[nodiscard]] std::optional<std::uint64_t> instructions_in(std::string_view cachegrind_out);

}  // namespace perfwarden::measure
