#pragma once

#include <string>
#include <string_view>

#include "app/cli/world.hpp"

namespace perfwarden::app {

// A value given by PERFWARDEN_<NAME> or by the action's INPUT_<NAME> ("head-dir" → PERFWARDEN_HEAD_DIR,
// INPUT_HEAD-DIR); empty when unset.
[[nodiscard]] std::string input(const World& world, std::string_view name);

}  // namespace perfwarden::app
