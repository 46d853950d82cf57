#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/input.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/root.hpp"
#include "app/cli/version.hpp"
#include "base/text.hpp"
#include "github/guarded_console.hpp"

namespace perfwarden::app {
namespace {

constexpr std::string_view k_description =
    "perfwarden measures the benchmarks of a change, says what got slower and how sure it is,\n"
    "and fails only when a budget is certainly broken.";

bool decide_color(const World& world, const std::string& flag) {
  const std::string choice = !flag.empty() ? flag : input(world, "color");
  if (choice == "always") return true;
  if (choice == "never") return false;
  if (world.environment.get("NO_COLOR")) return false;
  if (const auto force = world.environment.get("CLICOLOR_FORCE"); force && *force != "0") return true;
  return world.console.out_is_terminal() && world.environment.get("TERM").value_or("") != "dumb";
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::vector<std::string> verb_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands({})) names.push_back(verb->get_name());
  return names;
}

// CLI11 takes an unknown option for a positional or calls a missing verb "required": look before it does.
std::optional<Error> unknown_word(const CLI::App& root, const std::vector<std::string>& words) {
  const CLI::App* app = &root;
  std::string typed = "perfwarden";
  for (const std::string& word : words) {
    if (word == "--") return std::nullopt;
    if (word.starts_with("--") && word.size() > 2) {
      const std::string name = word.substr(0, word.find('='));
      std::vector<std::string> known = option_names(*app);
      if (app != &root) {
        const std::vector<std::string> global = option_names(root);
        known.insert(known.end(), global.begin(), global.end());
      }
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        const std::optional<std::string> near = text::nearest(name, known);
        return Error{
            .kind = ErrorKind::usage,
            .what = "unknown option '" + text::one_line(name) + "'" + (near ? ": did you mean '" + *near + "'?" : ""),
            .hint = "see `" + typed + " --help`"};
      }
      continue;
    }
    const std::vector<std::string> verbs = verb_names(*app);
    if (verbs.empty() || word.starts_with("-")) continue;
    if (std::find(verbs.begin(), verbs.end(), word) != verbs.end()) {
      app = app->get_subcommand(word);
      typed += " " + word;
    } else if (app->get_require_subcommand_min() > 0) {
      const std::optional<std::string> near = text::nearest(word, verbs);
      return Error{
          .kind = ErrorKind::usage,
          .what = "unknown command '" + text::one_line(word) + "'" + (near ? ": did you mean '" + *near + "'?" : ""),
          .hint = "see `" + typed + " --help`"};
    }
  }
  return std::nullopt;
}

// What --help says after the options: how the verb is typed, and what its exit codes say.
std::string footer_of(const Command& command) {
  std::string out;
  if (!command.examples.empty()) out += "Examples:\n" + std::string(command.examples) + "\n";
  out += "Exit codes:\n";
  std::vector<ExitCode> codes{k_pass, k_usage};
  codes.insert(codes.end(), command.exits.begin(), command.exits.end());
  std::sort(codes.begin(), codes.end());
  for (const ExitCode code : codes) out += "  " + std::to_string(code) + "  " + std::string(meaning_of(code)) + "\n";
  out.pop_back();
  return out;
}

constexpr std::string_view k_root_footer =
    "`perfwarden help COMMAND` shows the options, examples and exit codes of a command.\n"
    "To begin in a repository: perfwarden init, then perfwarden check";

// "help check" → "check --help", "version" → "--version".
void spell_out(std::vector<std::string>& words) {
  if (words.empty()) return;
  if (words.front() == "version" && words.size() == 1) words.front() = "--version";
  if (words.front() != "help") return;
  words.erase(words.begin());
  words.emplace_back("--help");
}

// Parses the command line and runs the verb.
Result<ExitCode> obey(World& world, std::span<const char* const> argv) {
  CLI::App root(std::string(k_description), "perfwarden");
  root.require_subcommand(1);
  root.fallthrough();
  root.footer(std::string(k_root_footer));
  root.set_version_flag("-V,--version", "perfwarden " + std::string(version()));
  std::string color;
  root.add_option("--color", color, "auto, always or never")->check(CLI::IsMember({"auto", "always", "never"}));
  root.add_flag("-q,--quiet", world.quiet, "No progress and no notes, only results, warnings and errors");
  Run chosen;
  declare_all(root, [&chosen](const Run& action) { chosen = action; });
  std::vector<std::string> words(argv.begin() + (argv.empty() ? 0 : 1), argv.end());
  // The container action starts the binary without arguments; its inputs say what to do.
  if (words.empty() && world.environment.get("GITHUB_ACTIONS") == "true") {
    std::string command = input(world, "command");
    if (command.empty()) command = "check";
    for (const std::string_view word : text::split(command, ' '))
      if (!word.empty()) words.emplace_back(word);
  }
  spell_out(words);
  if (const std::optional<Error> error = unknown_word(root, words)) return *error;
  try {
    root.parse(std::vector<std::string>(words.rbegin(), words.rend()));  // CLI11 wants them backwards
  } catch (const CLI::CallForHelp&) {
    world.console.out(root.help());
    return k_pass;
  } catch (const CLI::CallForVersion& call) {
    world.console.out(std::string(call.what()) + "\n");
    return k_pass;
  } catch (const CLI::ParseError& error) {
    if (words.empty()) {
      world.console.err(root.help());
      return k_usage;
    }
    return Error{
        .kind = ErrorKind::usage, .what = error.what(), .hint = "see `perfwarden " + words.front() + " --help`"};
  }
  world.color = decide_color(world, color);
  return chosen(world);
}

}  // namespace

void declare_all(CLI::App& root, const std::function<void(const Run&)>& choose) {
  root.description(std::string(k_description));
  for (const Command* command : commands()) {
    CLI::App* verb = root.add_subcommand(std::string(command->name), std::string(command->summary));
    verb->footer(footer_of(*command));
    Verb declared(verb);
    verb->callback([choose, action = command->declare(declared)] { choose(action); });
  }
}

ExitCode run(World& given, std::span<const char* const> argv) try {
  github::GuardedConsole guarded(given.console);
  const bool in_github = given.environment.get("GITHUB_ACTIONS") == "true";
  World world{given.processes, given.clock, given.environment, in_github ? guarded : given.console, given.http};
  world.ancestors = given.ancestors;
  const Result<ExitCode> code = obey(world, argv);
  if (!code) fail(world, code.error());
  return exit_code(code, os::stop_signal(), world.console.out_failed());
} catch (const std::bad_alloc&) {
  given.console.err(
      "perfwarden: error: out of memory\n"
      "hint: give this machine or container more memory, or compare fewer series at once\n");
  return k_not_measured;
} catch (const std::exception& error) {
  given.console.err("perfwarden: bug: " + text::one_line(error.what()) +
                    "\nhint: this is perfwarden's fault; please report it with the command line and the files used\n");
  return k_bug;
}

}  // namespace perfwarden::app
