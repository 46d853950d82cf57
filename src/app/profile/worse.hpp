#pragma once

#include <string>

#include "app/cli/world.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/measurement.hpp"
#include "base/result.hpp"
#include "model/report.hpp"

// Which code did it: profiles base and head of the benchmarks that got worse, after all measuring.
namespace perfwarden::app {

// Profiles the judged report's benchmarks as the config asks, and adds the profile differences to the report; the
// caller then judges again. Pictures and profiles are written to `directory`. A benchmark that cannot be profiled is a
// warning of the report, never a failure. Rules and owners are those of the commit `trusted_sha` unless that is empty.
// The only Error is (interrupted).
[[nodiscard]] Status profile_worse(World& world, const Config& config, const Checkouts& sides,
                                   const std::string& trusted_sha, const Formats& formats, const std::string& directory,
                                   Report& report);

}  // namespace perfwarden::app
