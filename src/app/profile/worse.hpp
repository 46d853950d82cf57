#pragma once

#include <string>
#include <vector>

#include "app/cli/world.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/measurement.hpp"
#include "app/profile/comparison.hpp"
#include "base/result.hpp"
#include "model/report.hpp"
#include "profile/kept.hpp"

// Which code did it: profiles base and head of the benchmarks that got worse, after all measuring.
namespace perfwarden::app {

// What to profile, and where.
struct ProfileRequest {
  const Config& config;
  const Checkouts& sides;
  const std::string& trusted_sha;  // whose rules and owners count; empty: the working tree's
  const Formats& formats;
  const std::string& directory;  // for pictures and profiles
  bool for_later = false;        // later runs will be compared with this head, and cannot run it
};

// What was recorded of each side.
struct RecordedSides {
  std::vector<profile::KeptProfile> base, head;
  ProfiledSides summaries = {};  // of the benchmarks that were compared
};

// Profiles the judged report's benchmarks as the config asks, and adds the profile differences to the report; the
// caller then judges again. Where base cannot be run, its profile is the one that the config names, or the one that its
// own run kept (Checkouts::base_profiles). Head is profiled alone where neither exists, if later runs will want it
// (`for_later`, or `when: always`). A benchmark that cannot be profiled is a warning of the report, never a failure.
// The only Error is (interrupted).
[[nodiscard]] Result<RecordedSides> profile_worse(World& world, const ProfileRequest& request, Report& report);

}  // namespace perfwarden::app
