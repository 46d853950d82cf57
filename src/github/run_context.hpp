#pragma once

#include "base/result.hpp"
#include "model/run_context.hpp"
#include "os/environment.hpp"

namespace perfwarden::github {

// Reads GITHUB_* and the event's JSON. A run outside GitHub gives an empty context. A broken event
// file is an Error (github) that says which field is missing; shas are checked to be hex.
[[nodiscard]] Result<RunContext> run_context(const os::Environment& environment);

}  // namespace perfwarden::github
