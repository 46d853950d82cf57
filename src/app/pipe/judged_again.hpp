#pragma once

#include <string>

#include "app/cli/world.hpp"
#include "app/pipe/trusted_config.hpp"
#include "base/result.hpp"
#include "model/report.hpp"

namespace perfwarden::app {

// The report of another workflow's run, made anew where that run's token and code cannot reach: from the samples beside
// `claimed` (samples-head.json, samples-base.json in `directory`) and the profiles in it, judged by the config that is
// trusted here. What `claimed` says about the verdict, the pull request, the commit or an override is not used; a
// verdict that differs is a warning. Error (usage) when there is no config to judge by or there are no samples.
[[nodiscard]] Result<Report> judge_again(World& world, const RunContext& context, const TrustedConfig& trusted,
                                         const Report& claimed, const std::string& directory);

}  // namespace perfwarden::app
