#pragma once

#include <string>

#include "app/pipe/checkouts.hpp"
#include "model/config.hpp"

namespace perfwarden::app {

// The config with each suite's `life`, by what the configs in the two worktrees name; a suite that only base's names is
// added as gone when `all`, so that its benchmarks can be said to have vanished. `config_file`: as found or given;
// where it has one of the usual names, either of them is a side's. Where the sides are not worktrees, or a side's
// config cannot be read, every suite stays.
[[nodiscard]] Config with_coming_suites(const Config& config, const Checkouts& sides, const std::string& config_file,
                                        bool all);

}  // namespace perfwarden::app
