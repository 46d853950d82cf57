#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/world.hpp"
#include "base/result.hpp"
#include "config/load.hpp"
#include "model/run_context.hpp"

namespace CLI {
class App;
}

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
void add_config_options(CLI::App& verb, ConfigOptions& options);
// File + environment + flags → Loaded. Error (config) with the five lines to start from when there is no file.
[[nodiscard]] Result<config::Loaded> load_config(World& world, const ConfigOptions& options);

// Writes a result: to `path`, or to out when `path` is empty or "-".
[[nodiscard]] Status write_result(World& world, const std::string& path, std::string_view text);

[[nodiscard]] std::string_view version();  // "0.1.0"

}  // namespace perfwarden::app
