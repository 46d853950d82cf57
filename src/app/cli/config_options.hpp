#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/cli/verb.hpp"
#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "config/load.hpp"

// How every verb with a config finds and reads it.
namespace perfwarden::app {

// `--config FILE` and the overrides that any verb with a config takes. Lives in the verb's closure.
struct ConfigOptions {
  std::string file;                              // empty: find perfwarden.yml or .github/perfwarden.yml
  std::vector<config::ValueOverride> overrides;  // from flags
};
// Declares --config and, as flags that become overrides, --mode, --inconclusive and --confidence.
void add_config_options(Verb& verb, ConfigOptions& options);
// File + environment + flags → Loaded. Error (config) with the five lines to start from when there is no file.
[[nodiscard]] Result<config::Loaded> load_config(World& world, const ConfigOptions& options);
// The same for a text that came from elsewhere (the base commit); `file` is for messages.
[[nodiscard]] Result<config::Loaded> load_config_text(World& world, const ConfigOptions& options, std::string_view yaml,
                                                      const std::string& file);
// The same for verbs that need no config, but heed its metrics, templates and policies where there is one.
[[nodiscard]] Result<Config> config_if_any(World& world, const ConfigOptions& options);
// The file that load_config would read.
[[nodiscard]] Result<std::string> config_file(World& world, const ConfigOptions& options);

}  // namespace perfwarden::app
