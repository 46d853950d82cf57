#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "app/cli/exit_code.hpp"
#include "app/cli/verb.hpp"
#include "app/cli/world.hpp"
#include "base/result.hpp"

namespace perfwarden::app {

// What a verb does once its options are parsed. An Error is printed by app::run, and by nobody else.
using Run = std::function<Result<ExitCode>(World&)>;

// A Command is one row of app/commands: one verb of the command line.
struct Command {
  std::string_view name;
  std::string_view summary;
  // Declares the verb's options on `verb` and returns what runs it once they are parsed. Values
  // live in the returned closure.
  Run (*declare)(Verb& verb);
  // For --help: lines of "perfwarden …", with what each does after two blanks; "" for the verbs below another verb.
  std::string_view examples = {};
  // For --help: the exit codes that it can end with, beside 0, 2 and those of a bug or a signal.
  std::vector<ExitCode> exits = {};
};

// Generated from the file names in app/commands; sorted by name.
[[nodiscard]] std::span<const Command* const> commands();

// The whole program: parses argv, runs the verb, prints its error, maps everything to an exit code. Never throws.
[[nodiscard]] ExitCode run(World& world, std::span<const char* const> argv);

}  // namespace perfwarden::app
