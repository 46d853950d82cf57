#pragma once

#include <cstddef>
#include <string>

#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "store/store.hpp"

namespace perfwarden::app {

// Writes the whole history as text (lines.hpp) to a file, or to out when `output` is empty or "-". Run by run, since a
// history may be larger than the memory. Runs whose raw values are no longer kept are not part of it; a warning counts
// them.
[[nodiscard]] Status export_history(World& world, store::Store& store, const std::string& output);

// Saves the whole history into another one, which is made if needed: a file for Grafana, or the way from SQLite to
// PostgreSQL and back. What that one has already is not doubled. Returns the number of runs. Warns as export_history.
[[nodiscard]] Result<std::size_t> copy_history(World& world, store::Store& store, const std::string& address);

}  // namespace perfwarden::app
