#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "model/plan.hpp"
#include "model/raw.hpp"
#include "os/clock.hpp"
#include "os/processes.hpp"

namespace perfwarden::measure {

// Where each side lives and what its processes see.
struct Sides {
  std::string base_directory;  // empty when the plan has one side
  std::string head_directory;
  std::map<std::string, std::string> env;  // os::Environment::for_children()
  std::optional<unsigned> uid, gid;        // run children as this user
};

// Progress of a run, for a bar or a line.
struct Progress {
  std::size_t done = 0, total = 0;
  double elapsed_s = 0;
  std::optional<double> left_s;  // estimated; nullopt at first
  std::string what;              // "core: head, run 3 of 10"
};
using OnProgress = std::function<void(const Progress&)>;

// Carries the plan out in order. A failing build, setup or teardown is an Error (benchmark) with
// the command, its exit and the last lines of its stderr; a failing measured invocation is kept as
// not ok and measuring goes on, unless the first one of a suite and side failed: then Error. Stops
// at max_time_s of a suite after `iterations.min` pairs. On a signal what is whole is returned,
// with `interrupted` set, after the teardowns.
[[nodiscard]] Result<Raw> run(const Plan& plan, const Sides& sides, os::Processes& processes, os::Clock& clock,
                              const OnProgress& on_progress);

}  // namespace perfwarden::measure
