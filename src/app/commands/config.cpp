#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/verb.hpp"
#include "app/cli/vocabulary.hpp"
#include "base/text.hpp"
#include "json/write.hpp"

namespace perfwarden::app {
namespace {

struct ConfigVerbOptions;
using ConfigWork = Result<ExitCode> (*)(World&, const ConfigVerbOptions&);

struct ConfigVerbOptions {
  ConfigOptions config;
  std::string checked;  // FILE of `check`
  bool json = false;
  ConfigWork work = nullptr;
};

std::string count(std::size_t number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

Result<ExitCode> run_check(World& world, const ConfigVerbOptions& options) {
  ConfigOptions config = options.config;
  if (!options.checked.empty()) config.file = options.checked;
  const auto loaded = load_config(world, config);
  if (!loaded) return loaded.error();
  const Config& read = loaded->config;
  world.console.out(fmt::format("ok: {}, {}{}; mode {}{}\n", count(read.suites.size(), "suite"),
                                count(read.budgets.size(), "budget"),
                                loaded->warnings.empty() ? "" : ", " + count(loaded->warnings.size(), "warning"),
                                name_of(read.mode), read.gates_enabled ? "" : ", gates off"));
  return k_pass;
}

Result<ExitCode> run_show(World& world, const ConfigVerbOptions& options) {
  const auto loaded = load_config(world, options.config);
  if (!loaded) return loaded.error();
  if (!options.json) {
    world.console.out(config::show(*loaded));
    return k_pass;
  }
  nlohmann::ordered_json values = nlohmann::ordered_json::array();
  for (const config::Origin& one : loaded->origins)
    values.push_back({{"key", one.key}, {"value", one.value}, {"origin", one.origin}});
  nlohmann::ordered_json warnings = nlohmann::ordered_json::array();
  for (const Warning& one : loaded->warnings) warnings.push_back({{"code", one.code}, {"text", one.text}});
  const nlohmann::ordered_json out{
      {"schema", "perfwarden.config/1"}, {"hash", loaded->config.hash}, {"values", values}, {"warnings", warnings}};
  world.console.out(json::pretty(out));
  return k_pass;
}

Result<ExitCode> print_schema(World& world, const ConfigVerbOptions&) {
  world.console.out(config::schema(vocabulary()));
  return k_pass;
}

Run declare_config(Verb& verb) {
  const auto options = std::make_shared<ConfigVerbOptions>();
  const auto chosen = [options](ConfigWork work) { return [options, work] { options->work = work; }; };
  verb.require_subcommand();
  Verb check =
      verb.add_subcommand("check", "Read the config and report everything that is wrong with it", chosen(run_check));
  check.add_option("FILE", options->checked, "Config to check instead of the one found here");
  add_config_options(check, options->config);
  Verb show = verb.add_subcommand("show", "Every value in effect, and where it comes from", chosen(run_show));
  show.add_flag("--json", options->json, "As JSON");
  add_config_options(show, options->config);
  verb.add_subcommand("schema", "The JSON Schema of perfwarden.yml, for editors", chosen(print_schema));
  return [options](World& world) { return options->work(world, *options); };
}

}  // namespace

extern const Command k_command_config{"config",
                                      "Check the config, show what is in effect, print its schema",
                                      declare_config,
                                      "  perfwarden config check    is perfwarden.yml right?\n"
                                      "  perfwarden config show     every value in effect, and where it comes from\n"
                                      "  perfwarden config schema   for editors",
                                      {}};

}  // namespace perfwarden::app
