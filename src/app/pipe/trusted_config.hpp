#pragma once

#include <string>
#include <vector>

#include "app/cli/config_options.hpp"
#include "model/position.hpp"
#include "model/run_context.hpp"

namespace perfwarden::app {

// The config to apply. On a pull request it is the base branch's: what a pull request writes about its own budgets,
// commands, overrides and targets is reported and not applied (docs/security.md#whom-perfwarden-trusts). Where base has
// no config, the pull request's own is used in observe mode, without a build cache.
struct TrustedConfig {
  config::Loaded loaded;
  std::string file;               // path as found, for messages
  bool from_base = false;         // read from the base commit
  std::vector<Warning> warnings;  // the pull request changes it; it is new with the pull request
};
[[nodiscard]] Result<TrustedConfig> trusted_config(World& world, const RunContext& context,
                                                   const ConfigOptions& options);

}  // namespace perfwarden::app
