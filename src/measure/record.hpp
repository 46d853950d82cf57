#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "measure/children.hpp"
#include "model/plan.hpp"
#include "os/clock.hpp"
#include "os/process/processes.hpp"

// Runs benchmarks under a profiler to find where they spend their time. These runs are never measured.
namespace perfwarden::measure {

// A Recorder runs one side's command under a profiler.
struct Recorder {
  Profiling how;
  std::string event;   // for perf: "cycles" or "cpu-clock"
  std::string folder;  // where recordings are put; the children may write there
  double seconds = 0;  // for perf: the command is interrupted (SIGINT) after so long; 0 = it runs to its end
};

// Checks that the profiler is installed and what it may count: fills in `event`. Error (benchmark) with the cure: not
// installed, or the kernel forbids it.
[[nodiscard]] Result<Recorder> make_recorder(const Profiling& how, const Children& sides, os::Processes& processes,
                                             const std::string& folder);

// Runs the step's command under the profiler and returns the bytes of its profile, in a form of profile/formats.
// Error (benchmark) when the command failed or left no profile; Error (interrupted).
[[nodiscard]] Result<std::string> record(const Recorder& recorder, const Plan& plan, const Step& step,
                                         const Children& sides, os::Processes& processes);

}  // namespace perfwarden::measure
