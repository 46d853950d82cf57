#pragma once

#include <string>
#include <vector>

#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "model/config.hpp"

namespace perfwarden::app {

struct ImportOptions {
  std::vector<std::string> files;
  std::string format = "auto", suite, branch;
  std::string commit, time;  // of runs whose file does not say
};

// Imports runs into the config's history: every run of a file that is itself a history, such as
// github-action-benchmark's data.js or what `baseline export` wrote (with its alerts), or the one run of a samples
// file. Runs without a commit and a time are skipped with a warning; a run that occurs twice is kept once. All files
// are imported, or none. Returns the number of runs that were imported. Error when there is none.
[[nodiscard]] Result<std::size_t> import_history(World& world, const Config& config, const ImportOptions& options);

}  // namespace perfwarden::app
