#include "app/cli/config_options.hpp"

#include <optional>
#include <utility>

#include "app/cli/files.hpp"
#include "app/cli/input.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/vocabulary.hpp"

namespace perfwarden::app {

void add_config_file(Verb& verb, ConfigOptions& options) {
  verb.add_option("-c,--config", options.file, "Config (default: perfwarden.yml, else .github/perfwarden.yml)");
}

void add_config_options(Verb& verb, ConfigOptions& options) {
  add_config_file(verb, options);
  const auto override_from = [&verb, &options](const std::string& flag, const std::string& key,
                                               const std::string& help) {
    verb.add_option_function(
        flag,
        [&options, key, flag](const std::string& value) {
          options.overrides.push_back({key, value, "flag " + flag});
        },
        help);
  };
  override_from("--mode", "mode", "enforce, or observe: report everything, fail nothing");
  override_from("--inconclusive", "statistics.inconclusive", "What an undecided benchmark does: pass, warn or fail");
  override_from("--confidence", "statistics.confidence", "Confidence of the intervals, such as 99%");
}

Result<Config> config_if_any(World& world, const ConfigOptions& options) {
  if (options.file.empty() && input(world, "config").empty() && !config::find_file(".")) return Config{};
  PW_TRY_ASSIGN(config::Loaded loaded, load_config(world, options));
  return std::move(loaded.config);
}

Error no_config() {
  return {.kind = ErrorKind::config,
          .what = "no perfwarden.yml or .github/perfwarden.yml here",
          .hint =
              "run `perfwarden init`, or write five lines:\n"
              "  version: 1\n  suites:\n    core: { run: ./build/bench --benchmark_format=json }\n"
              "  budgets:\n    \"*\": +5%"};
}

Result<std::string> config_file(World& world, const ConfigOptions& options) {
  std::string file = options.file.empty() ? input(world, "config") : options.file;
  if (!file.empty()) return file;
  if (std::optional<std::string> found = config::find_file(".")) return *std::move(found);
  return no_config();
}

Result<config::Loaded> load_config_text(World& world, const ConfigOptions& options, std::string_view yaml,
                                        const std::string& file) {
  PW_TRY_ASSIGN(std::vector<config::ValueOverride> overrides, config::overrides_of(world.environment));
  overrides.insert(overrides.end(), options.overrides.begin(), options.overrides.end());  // flags win
  PW_TRY_ASSIGN(config::Loaded loaded, config::parse(yaml, file, vocabulary(), overrides));
  for (const Warning& warning : loaded.warnings) warn(world, warning.text);
  return loaded;
}

Result<config::Loaded> load_config(World& world, const ConfigOptions& options) {
  PW_TRY_ASSIGN(const std::string file, config_file(world, options));
  PW_TRY_ASSIGN(const std::string yaml, read_input(file));
  return load_config_text(world, options, yaml, file);
}

}  // namespace perfwarden::app
