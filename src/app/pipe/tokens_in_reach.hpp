#pragma once

#include <optional>

#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "model/run_context.hpp"
#include "os/process/user.hpp"

namespace perfwarden::app {

// Looks, in GitHub Actions, for tokens where code that is about to be measured could find them: in the variables of the
// processes that started us (the shell of the step), and in the clone's settings (actions/checkout leaves its token
// there). `user`: whom that code runs as; nullopt: as we do. What is found is a warning with the cure. Error
// (benchmark) where the code may be a stranger's: of a fork, or on pull_request_target, workflow_run or a comment.
[[nodiscard]] Status look_for_tokens(World& world, const RunContext& context, const std::optional<os::User>& user);

}  // namespace perfwarden::app
