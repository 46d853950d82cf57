#pragma once

#include <span>

#include "app/bisect/state.hpp"
#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "model/run_context.hpp"

namespace perfwarden::app {

// Whether annotate() can reach the repository; Error (usage) with the cure when it cannot, before hours are measured.
[[nodiscard]] Status can_annotate(World& world, const RunContext& context);

// Marks each culprit that was verified on GitHub: a commit status "perfwarden/bisect" with the measured change.
[[nodiscard]] Status annotate(World& world, const RunContext& context, std::span<const Culprit> culprits);

}  // namespace perfwarden::app
