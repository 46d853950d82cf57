#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/verb.hpp"
#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "config/load.hpp"
#include "model/run_context.hpp"
#include "model/series.hpp"

// What several verbs share.
namespace perfwarden::app {

// Prints "perfwarden: error: …" on err (and ::error file=…,line=…:: in GitHub Actions) and gives the exit code of the
// error.
int fail(World& world, const Error& error);
// Prints "perfwarden: warning: …" (or note) on err, hostile text made safe.
void warn(World& world, std::string_view text);
void note(World& world, std::string_view text);

// `--config FILE` and the overrides that any verb with a config takes. Lives in the verb's closure.
struct ConfigOptions {
  std::string file;                              // empty: find perfwarden.yml or .github/perfwarden.yml
  std::vector<config::ValueOverride> overrides;  // from flags
};
// Declares --config (and, as flags that become overrides, --mode).
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

// What was typed makes no sense; `hint`: what to type.
[[nodiscard]] Error wrong_usage(std::string what, std::string hint);

// A file that the user named. Error (usage) when it cannot be read.
[[nodiscard]] Result<std::string> read_input(const std::string& path);
// A samples file that the user named.
[[nodiscard]] Result<Samples> read_samples(const std::string& path);

// Writes a result: to `path`, or to out when `path` is empty or "-".
[[nodiscard]] Status write_result(World& world, const std::string& path, std::string_view text);

// A value given by PERFWARDEN_<NAME> or by the action's INPUT_<NAME> ("head-dir" → PERFWARDEN_HEAD_DIR,
// INPUT_HEAD-DIR); empty when unset.
[[nodiscard]] std::string input(const World& world, std::string_view name);

[[nodiscard]] std::string_view version();  // "0.1.0"

}  // namespace perfwarden::app
