#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/cli/verb.hpp"
#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "config/load.hpp"

// How a verb finds and reads its config.
namespace perfwarden::app {

// `--config FILE`, and the flags that override a key of the config. Lives in the verb's closure.
struct ConfigOptions {
  std::string file;                              // empty: find perfwarden.yml or .github/perfwarden.yml
  std::vector<config::ValueOverride> overrides;  // from flags
};
// Declares --config, for verbs that judge nothing.
void add_config_file(Verb& verb, ConfigOptions& options);
// Declares --config and, as flags that become overrides, --mode, --inconclusive and --confidence.
void add_config_options(Verb& verb, ConfigOptions& options);
// File + environment + flags → Loaded. Error (config) with the five lines to start from when there is no file.
[[nodiscard]] Result<config::Loaded> load_config(World& world, const ConfigOptions& options);
// As load_config, for a text that came from elsewhere (the base commit); `file` is for messages.
[[nodiscard]] Result<config::Loaded> load_config_text(World& world, const ConfigOptions& options, std::string_view yaml,
                                                      const std::string& file);
// As load_config, for verbs that need no config but use its metrics, templates and policies: Config{} without a file.
[[nodiscard]] Result<Config> config_if_any(World& world, const ConfigOptions& options);
// Error (config): there is no config here, with the five lines to start from.
[[nodiscard]] Error no_config();
// The file that load_config would read.
[[nodiscard]] Result<std::string> config_file(World& world, const ConfigOptions& options);

}  // namespace perfwarden::app
