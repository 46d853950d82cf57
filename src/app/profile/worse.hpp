#pragma once

#include <string>

#include "app/cli/world.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/measurement.hpp"
#include "base/result.hpp"
#include "model/report.hpp"

// Which code did it: profiles of base and head of what got worse, after all was measured.
namespace perfwarden::app {

// Profiles what the config wants of the judged report's benchmarks, and adds to the report what base's and head's
// profiles show; the verdict is then to be made again. Pictures and profiles are written to `directory`. What cannot be
// profiled is a warning of the report, never a failure. Error (interrupted) only.
[[nodiscard]] Status profile_worse(World& world, const Config& config, const Checkouts& sides, const Formats& formats,
                                   const std::string& directory, Report& report);

}  // namespace perfwarden::app
