#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "model/plan.hpp"
#include "model/raw.hpp"
#include "os/clock.hpp"
#include "os/machine/disturbance.hpp"
#include "os/process/processes.hpp"

namespace perfwarden::measure {

// Where each side lives and what its processes see.
struct Children {
  std::string base_directory;  // empty when the plan has one side
  std::string head_directory;
  std::map<std::string, std::string> env;  // os::Environment::for_children()
  std::optional<unsigned> uid, gid;        // run children as this user
  bool no_aslr = false;                    // run benchmarks without address space randomization
};

// Progress of a run, for a bar or a line.
struct Progress {
  std::size_t done = 0, total = 0;
  double elapsed_s = 0;
  std::optional<double> left_s;  // estimated; nullopt at first
  std::string what;              // "core: head, run 3 of 10"
};
using OnProgress = std::function<void(const Progress&)>;

// Asked whenever the steps are done, with what was measured so far: further measured steps, or none to end.
using More = std::function<Result<std::vector<Step>>(const Raw&)>;

// Told once, when all builds have succeeded and before anything else runs: of each side that was built, the seconds
// that it took.
using OnBuilt = std::function<void(const std::map<Side, double>& build_s)>;

// Carries the plan out in order, and then what `more` asks for (it may be empty). A failing build or setup is an Error
// (benchmark) with the command, how it ended and its last lines; a failing measured invocation is kept as not ok and
// measuring goes on, unless every case of a suite failed the first time that it ran on a side: then Error. A case that
// fails three times in a row is given up, on both sides, with a warning. From max_time_s of a suite on, no pair is
// started beyond `iterations.min`. Teardowns of all that was begun run in any case; one that fails is a warning, since
// the numbers stand. On a signal what is whole (with two sides: whole pairs) is returned, with `interrupted` set, after
// the teardowns.
[[nodiscard]] Result<Raw> run(const Plan& plan, const Children& sides, os::Processes& processes, os::Clock& clock,
                              const OnProgress& on_progress, const More& more = {}, os::MachineWatch* watch = nullptr,
                              const OnBuilt& on_built = {});

}  // namespace perfwarden::measure
