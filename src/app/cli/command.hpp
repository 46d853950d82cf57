#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "app/cli/verb.hpp"
#include "app/cli/world.hpp"

namespace perfwarden::app {

// A Command is one row of app/commands: one verb of the command line.
struct Command {
  std::string_view name;
  std::string_view summary;
  // Declares the verb's options on `verb` and returns what runs it once they are parsed. Values
  // live in the returned closure. The closure returns an exit code (app/cli/exit_code.hpp); it reports
  // its own errors with app::fail().
  std::function<int(World&)> (*declare)(Verb& verb);
};

// Generated from the file names in app/commands; sorted by name.
[[nodiscard]] std::span<const Command* const> commands();

// The whole program: parses argv, runs the verb, maps everything to an exit code. Never throws.
[[nodiscard]] int run(World& world, std::span<const char* const> argv);

}  // namespace perfwarden::app
