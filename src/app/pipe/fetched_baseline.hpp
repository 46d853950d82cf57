#pragma once

#include <string>

#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "model/config.hpp"
#include "model/run_context.hpp"

namespace perfwarden::app {

// Which artifact to look for, and what in it.
struct FetchRequest {
  std::string artifact = "perfwarden";      // also with "-<attempt>" behind it, from 1 to 3
  std::string entry = "samples-head.json";  // the name of the samples file in it
};

// Takes what an earlier run of the baseline branch measured, and the profiles beside it, from the artifact that the run
// kept, and puts it into the folder of cached baselines. Of all that have the name the nearest first-parent ancestor of
// the merge base serves (the merge base itself, if it is there), and only a run that succeeded, of an event that no
// pull request can cause, in this very repository. True when the folder now holds one; false, with a warning that says
// what was seen, when there is none. Error (usage) outside of GitHub Actions or without a token.
[[nodiscard]] Result<bool> fetch_baseline(World& world, const Config& config, const RunContext& context,
                                          const FetchRequest& request);

}  // namespace perfwarden::app
