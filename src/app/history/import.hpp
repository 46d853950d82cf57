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
};

// Puts the runs that the files hold into the config's history: every run of a file that keeps a history, such as
// github-action-benchmark's data.js, the one run of a samples file. Runs without a commit and a time are left out with
// a warning; the same run is kept once. All files or none are put on record. Gives the number of runs that were put on
// record. Error when there is none.
[[nodiscard]] Result<std::size_t> import_history(World& world, const Config& config, const ImportOptions& options);

}  // namespace perfwarden::app
