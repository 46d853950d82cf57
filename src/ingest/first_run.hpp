#pragma once

#include "base/result.hpp"
#include "model/config.hpp"
#include "model/plan.hpp"
#include "model/raw.hpp"
#include "model/series.hpp"

namespace perfwarden::ingest {

// What the first run of a suite on a side gave, read as read() would read all runs: its samples. Error (benchmark, or
// config for a bad parser) when that is nothing: the parser, the lines seen (excerpt), and the flag or key that would
// do (hint), so that a wrong format is known after one run and not after all of them.
[[nodiscard]] Result<Samples> read_first(const RawInvocation& run, const Plan& plan, const Config& config);

}  // namespace perfwarden::ingest
