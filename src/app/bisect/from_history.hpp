#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "app/bisect/commits.hpp"
#include "app/bisect/hunt.hpp"
#include "app/bisect/state.hpp"
#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "model/alert.hpp"
#include "model/config.hpp"

// What the history tells a search, and what the search tells the history.
namespace perfwarden::app {

// The alert of that number. Error (usage) when there is none, or its commits are not known to git.
[[nodiscard]] Result<Alert> alert_of(World& world, const Config& config, std::int64_t id);

// Commits of the range that lie in that of an alert about the benchmark (a glob). Empty without a history.
[[nodiscard]] Result<Priors> priors_in_history(World& world, const Config& config, std::span<const Commit> range,
                                               const std::string& benchmark);

// The alert learns between which two commits its change lies, with the numbers of the verification as the reason.
[[nodiscard]] Status nudge_alert(World& world, const Config& config, std::int64_t id, const Culprit& culprit);

}  // namespace perfwarden::app
