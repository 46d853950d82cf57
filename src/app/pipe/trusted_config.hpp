#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cli/config_options.hpp"
#include "model/position.hpp"
#include "model/run_context.hpp"

namespace perfwarden::app {

// The config to apply. Where the event has a base commit (base_of_event) it is that commit's, at either of its usual
// names: what a change says about its own budgets, commands, overrides and targets is reported and not applied
// (docs/security.md#whom-perfwarden-trusts). Where base has no config, head's own is used in observe mode, without a
// build cache.
struct TrustedConfig {
  config::Loaded loaded;
  std::string file;               // path as found, for messages
  std::string base_sha;           // the commit that the config and other deciding files are read from; empty: none
  std::vector<Warning> warnings;  // head changes it; it is new with head; the base could not be read
};
// nullopt when neither the base commit nor the checkout has one.
[[nodiscard]] Result<std::optional<TrustedConfig>> trusted_config_if_any(World& world, const RunContext& context,
                                                                         const ConfigOptions& options);
// Error (config) with the five lines to start from when there is none.
[[nodiscard]] Result<TrustedConfig> trusted_config(World& world, const RunContext& context,
                                                   const ConfigOptions& options);

// The same for verbs whose numbers are worth a look without a config too: one budget of +5 % on everything, and a note.
[[nodiscard]] Result<TrustedConfig> trusted_config_or_default(World& world, const ConfigOptions& options);
[[nodiscard]] Budget usual_budget();  // that one

}  // namespace perfwarden::app
