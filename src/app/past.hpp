#pragma once

#include "compare/history.hpp"
#include "model/config.hpp"
#include "model/machine.hpp"

namespace perfwarden::app {

// What the runs in the baseline directory say about noise: the newest ones of the baseline branch, on machines like
// this one. A file that cannot be read is left out; with no directory nothing is known.
[[nodiscard]] compare::Past past_of_baseline(const Config& config, const Machine& machine);

}  // namespace perfwarden::app
