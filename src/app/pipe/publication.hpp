#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cli/world.hpp"
#include "app/profile/comparison.hpp"
#include "model/report.hpp"
#include "report/renderer.hpp"

// Stores, keeps as baseline and publishes a finished check.
namespace perfwarden::app {

// Who accepted which soft findings on this pull request; nobody outside a pull request, without a token, or, with a
// warning, when GitHub does not answer.
[[nodiscard]] std::vector<Override> find_overrides(World& world, const RunContext& context, const Config& config);

// Whether the run is one of CI on the baseline branch, so that later runs may be compared with it.
[[nodiscard]] bool is_of_baseline_branch(const RunContext& context, const std::string& branch, const Config& config);

// What a run has to keep.
struct Keepsakes {
  const std::optional<Samples>& base;
  const Samples& head;
  const std::string& head_profiles;  // perfwarden.profiles/1; empty = none
  const ProfiledSides& summaries;    // of profiles, for the history
  bool whole = true;                 // it measured everything that the config names
};
// Saves both sides of the run to the history, and a passing whole run of the baseline branch as the baseline. False,
// with a warning, when a save failed: exit 6.
[[nodiscard]] bool keep(World& world, const Report& report, const Keepsakes& what, const Config& config);

// Writes who accepted what into the history, if that changed the verdict. False, with a warning, when it failed.
[[nodiscard]] bool record_accepted(World& world, const Report& report, const Config& config);

// Sends the report by every notifier, with a warning for each that failed. False when one did and the config says
// `publish: { failure: fail }`: exit 6.
[[nodiscard]] bool publish(World& world, const Report& report, const Config& config, const report::Templates& templates,
                           const std::string& directory);

// Sends a digest (publish::Post::digest) to Slack, Teams, mail and webhooks, wherever `publish:` tells them anything.
// Returns how many took it. Error (network) when one of them did not.
[[nodiscard]] Result<std::size_t> send_digest(World& world, const Config& config, const RunContext& context,
                                              const std::string& digest);

// Gives files that root wrote to the workspace's owner, so that the next checkout on the runner can delete them.
void give_back(const std::string& directory);

}  // namespace perfwarden::app
