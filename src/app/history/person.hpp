#pragma once

#include <string>

#include "app/cli/world.hpp"

namespace perfwarden::app {

// Who is at the keyboard, or started the workflow.
[[nodiscard]] std::string person(World& world);

}  // namespace perfwarden::app
