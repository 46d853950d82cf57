#pragma once

#include <string>

#include "app/cli/world.hpp"
#include "app/init/detect.hpp"
#include "base/result.hpp"

namespace perfwarden::app {

// "5 benchmarks (wall_time), 2.1 s a run: a check takes about 50 s": what one run of a suite gave.
struct Rehearsal {
  std::string text;
  std::string parser;  // as which it was read
};

// Builds the suite in the working tree and runs it once. Where the proposal leaves the parser open and nothing can be
// read, the command itself is timed. Error (benchmark) as `check` would give it after its first run.
[[nodiscard]] Result<Rehearsal> rehearse(World& world, const std::string& directory, const Proposal& suite);

}  // namespace perfwarden::app
