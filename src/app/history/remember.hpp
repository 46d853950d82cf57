#pragma once

#include <span>

#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "model/config.hpp"
#include "store/store.hpp"

namespace perfwarden::app {

// Saves runs to the config's history; without one, does nothing. What a server cannot take now is kept in
// .perfwarden/unsent.db and sent by the next run that saves. That is an Error (store) too: the history lacks these
// runs, and a runner that is thrown away loses the file.
[[nodiscard]] Status remember(World& world, const Config& config, std::span<const store::RunRecord> runs);

}  // namespace perfwarden::app
