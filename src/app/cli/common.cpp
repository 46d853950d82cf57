#include "app/cli/common.hpp"

#include <span>

#include "app/cli/exit_code.hpp"
#include "app/cli/vocabulary.hpp"
#include "base/text.hpp"
#include "github/workflow_commands.hpp"
#include "ingest/read.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {

int fail(World& world, const Error& error) {
  world.console.err("perfwarden: " + text::printable(error.text()) + "\n");
  if (world.environment.get("GITHUB_ACTIONS") == "true") {
    const std::vector<std::string_view> place = text::split(error.where, ':');
    github::Annotation annotation;
    annotation.level = github::Annotation::Level::error;
    annotation.title = "perfwarden";
    annotation.message = error.what + (error.hint.empty() ? "" : "\n" + error.hint);
    // A place may also be a variable ("environment PERFWARDEN_MODE") or a source of output, which is no path.
    if (place[0].find(' ') == std::string_view::npos) annotation.file = std::string(place[0]);
    if (place.size() > 1 && !annotation.file.empty())
      annotation.line = static_cast<int>(text::to_integer(place[1]).value_or(0));
    world.console.err(github::annotations(std::span(&annotation, 1)));
  }
  return exit_code(error);
}

void warn(World& world, std::string_view text) {
  world.console.err("perfwarden: warning: " + text::printable(text) + "\n");
}

void note(World& world, std::string_view text) {
  if (!world.quiet) world.console.err("perfwarden: " + text::printable(text) + "\n");
}

void add_config_options(Verb& verb, ConfigOptions& options) {
  verb.add_option("-c,--config", options.file, "Budget file (default: perfwarden.yml or .github/perfwarden.yml)");
  const auto override_from = [&verb, &options](const std::string& flag, const std::string& key,
                                               const std::string& help) {
    verb.add_option_function(
        flag,
        [&options, key, flag](const std::string& value) {
          options.overrides.push_back({key, value, "flag " + flag});
        },
        help);
  };
  override_from("--mode", "mode", "enforce, or observe: report everything, always exit 0");
  override_from("--inconclusive", "statistics.inconclusive", "What an undecided benchmark does: pass, warn or fail");
  override_from("--confidence", "statistics.confidence", "Confidence of the intervals, such as 99%");
}

Result<Config> config_if_any(World& world, const ConfigOptions& options) {
  if (options.file.empty() && input(world, "config").empty() && !config::find_file(".")) return Config{};
  PW_TRY_ASSIGN(config::Loaded loaded, load_config(world, options));
  return std::move(loaded.config);
}

Error wrong_usage(std::string what, std::string hint) {
  return {.kind = ErrorKind::usage, .what = std::move(what), .hint = std::move(hint)};
}

Result<std::string> config_file(World& world, const ConfigOptions& options) {
  std::string file = options.file.empty() ? input(world, "config") : options.file;
  if (!file.empty()) return file;
  if (std::optional<std::string> found = config::find_file(".")) return *std::move(found);
  return Error{.kind = ErrorKind::config,
               .what = "no perfwarden.yml or .github/perfwarden.yml here",
               .hint =
                   "run `perfwarden init`, or write five lines:\n"
                   "  version: 1\n  suites:\n    core: { run: ./build/bench --benchmark_format=json }\n"
                   "  budgets:\n    \"*\": +5%"};
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

Result<std::string> read_input(const std::string& path) {
  Result<std::string> text = os::read_file(path);
  if (!text) text.error().kind = ErrorKind::usage;
  return text;
}

Result<Samples> read_samples(const std::string& path) {
  PW_TRY_ASSIGN(const std::string text, read_input(path));
  return ingest::parse_samples(text, path);
}

Status write_result(World& world, const std::string& path, std::string_view text) {
  if (!path.empty() && path != "-") return os::write_file(path, text);
  world.console.out(text);
  return Nothing{};
}

std::string input(const World& world, std::string_view name) {
  std::string upper;
  for (const char c : name) upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (const auto value = world.environment.get("PERFWARDEN_" + text::replace_all(upper, "-", "_"))) return *value;
  return world.environment.get("INPUT_" + upper).value_or("");
}

std::string_view version() {
  return PW_VERSION;
}

}  // namespace perfwarden::app
