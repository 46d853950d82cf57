#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "baseline/directory.hpp"
#include "model/config.hpp"
#include "model/history.hpp"
#include "model/machine.hpp"
#include "model/report.hpp"
#include "model/series.hpp"

namespace perfwarden::app {

// The samples of one entry; nothing outside the baseline directory is read, whatever its index says.
[[nodiscard]] Result<Samples> read_baseline(const Config& config, const baseline::Entry& entry);

// What the newest runs of the baseline branch on machines like head's say about noise: those in the baseline directory,
// and of each series that the history knows more runs of, those in the history. What cannot be read is ignored. Empty
// where base and head alternated, or there is no base: nothing asks for the noise from run to run then.
[[nodiscard]] Past past_of_runs(World& world, const Config& config, const std::optional<Samples>& base,
                                const Samples& head);

// Puts into the report how the series that are not simply fine went in the history.
void add_recent_runs(World& world, const Config& config, Report& report);

// How long one invocation of each suite and case took before: from the samples file `file` (unless empty), else from
// the newest baseline of the branch, else from the branch's history. Empty, with a note, when nothing is recorded.
[[nodiscard]] Result<std::vector<UnitTime>> recorded_times(World& world, const Config& config, const std::string& file);

}  // namespace perfwarden::app
