#pragma once

#include <string>

#include "app/cli/world.hpp"
#include "app/pipe/trusted_config.hpp"
#include "base/result.hpp"
#include "model/report.hpp"

namespace perfwarden::app {

// The report of another workflow's run, made anew where that run's token and code cannot reach: from the samples beside
// `claimed` (samples-head.json, samples-base.json in `directory`) and the profiles in it, judged by the config that is
// trusted here. Those numbers are all that is taken from it: they are claims of the pull request's own run, and the
// report says so. A suite of the config without any has failed, or, where its `when` depends on the changed files,
// makes the verdict inconclusive. A verdict that differs from the claimed one is a warning. Error (usage) when there is
// no config to judge by or there are no samples.
[[nodiscard]] Result<Report> judge_again(World& world, const RunContext& context, const TrustedConfig& trusted,
                                         const Report& claimed, const std::string& directory);

}  // namespace perfwarden::app
