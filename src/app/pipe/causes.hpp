#pragma once

#include "app/cli/world.hpp"
#include "app/pipe/trial.hpp"
#include "base/result.hpp"
#include "model/config.hpp"
#include "model/report.hpp"

namespace perfwarden::app {

// Finds out what flagged changes come from, where the programs of both sides were compared: runs each flagged benchmark
// once more on both sides, with a breakpoint at the entry of each function that differs. Where none of them is entered,
// and all else is equal, the change is placement; the caller then judges again. What cannot be observed is a cause that
// is not known, never an Error; the only Error is (interrupted). What changed and is run by no benchmark is a warning.
[[nodiscard]] Status find_causes(World& world, const Config& config, const Trial& trial, Report& report);

}  // namespace perfwarden::app
