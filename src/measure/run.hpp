#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "measure/children.hpp"
#include "measure/inspection.hpp"
#include "model/plan.hpp"
#include "model/raw.hpp"
#include "os/clock.hpp"
#include "os/machine/disturbance.hpp"
#include "os/process/processes.hpp"

namespace perfwarden::measure {

// Progress of a run, for a bar or a line.
struct Progress {
  std::size_t done = 0, total = 0;
  double elapsed_s = 0;
  std::optional<double> left_s;  // estimated; nullopt at first
  std::string what;              // "core: head, run 3 of 10"
  bool measuring = false;        // a measured process runs at this moment: nothing may disturb it
};
using OnProgress = std::function<void(const Progress&)>;

// Called once, after all builds have succeeded and before anything else runs, with the build time in seconds of each
// side that was built.
using OnBuilt = std::function<void(const std::map<Side, double>& build_s)>;

// Hooks are what a run asks and informs while it goes on. Each may be empty.
struct Hooks {
  OnProgress progress{};
  // Called whenever all steps are done, with the measurements so far: returns further measured steps, or none to end.
  std::function<Result<std::vector<Step>>(const Raw&)> more{};
  OnBuilt built{};
  // Called at once for what a person may want to change while the run goes on: "max-time-short", after the first round
  // of a suite whose max_time_s is too short to decide anything, with the one that would do.
  std::function<void(const Warning&)> warning{};
  // Called after the first run of each case on each side that ended well, warm-ups included: Error when what it wrote
  // is of no use, which counts like a run that failed.
  std::function<Status(const RawInvocation&)> first_run{};
  os::MachineWatch* watch = nullptr;  // pairs that it finds disturbed are measured again, within bounds
  Inspection* inspection = nullptr;   // the first warm-up of each case on each side is traced for it
};

// Carries out the plan in order, and then the steps that `more` returns (it may be empty). A failing build or setup is
// an Error (benchmark) with the command, how it ended and its last lines; a failing measured invocation is kept as not
// ok and measuring goes on, unless every case of a suite failed the first time that it ran on a side: then Error. A
// suite that comes or goes with head (Suite::life) is then Raw::absent from the side that need not have it instead. A
// case that fails three times in a row is given up, on both sides, with a warning. From max_time_s of a suite on, no
// pair is started beyond `iterations.min`. Teardowns of everything that was begun always run; one that fails is a
// warning, since the numbers remain valid. On a signal the complete invocations (with two sides: complete pairs) are
// returned, with `interrupted` set, after the teardowns.
[[nodiscard]] Result<Raw> run(const Plan& plan, const Children& sides, os::Processes& processes, os::Clock& clock,
                              const Hooks& hooks = {});

}  // namespace perfwarden::measure
