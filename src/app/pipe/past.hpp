#pragma once

#include "base/result.hpp"
#include "baseline/directory.hpp"
#include "model/config.hpp"
#include "model/history.hpp"
#include "model/machine.hpp"
#include "model/series.hpp"

namespace perfwarden::app {

// The samples of one entry; nothing outside the directory is read, whatever its index says.
[[nodiscard]] Result<Samples> read_baseline(const Config& config, const baseline::Entry& entry);

// What the runs in the baseline directory say about noise: the newest ones of the baseline branch, on machines like
// this one. A file that cannot be read is left out; with no directory nothing is known.
[[nodiscard]] Past past_of_baseline(const Config& config, const Machine& machine);

}  // namespace perfwarden::app
