#pragma once

#include <optional>
#include <string>

#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "model/report.hpp"
#include "model/run_context.hpp"

namespace perfwarden::app {

// The report of an earlier run of this very workflow about the pull request's commit, from the artifact that the run
// kept: the newest one. It is as good as what this run would measure, since the pull request's own code wrote both.
// nullopt, with a note that says why, when there is none, or when GitHub refuses.
[[nodiscard]] std::optional<Report> earlier_report(World& world, const RunContext& context,
                                                   const std::string& artifact);

}  // namespace perfwarden::app
