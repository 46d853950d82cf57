#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compare/adaptive.hpp"

namespace perfwarden::app {

// The table that stands above the bar while base and head are measured: what is not decided first, the worst of it
// first. At most `rows` lines, the last of which counts what found no room; empty without standings or room for one.
[[nodiscard]] std::vector<std::string> live_table(const std::vector<compare::Standing>& standings, std::size_t columns,
                                                  std::size_t rows);

}  // namespace perfwarden::app
