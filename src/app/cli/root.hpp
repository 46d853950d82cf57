#pragma once

#include <functional>

#include "app/cli/command.hpp"

namespace CLI {
class App;
}  // namespace CLI

namespace perfwarden::app {

// Declares all verbs, with their options, below `root`; `choose` gets the one that the command line names.
void declare_all(CLI::App& root, const std::function<void(const Run&)>& choose);

}  // namespace perfwarden::app
