#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "checkout/worktree.hpp"
#include "model/run_context.hpp"

namespace perfwarden::app {

// The commit that an event gives a run as its base: whose config decides, and what head is compared with.
struct EventBase {
  std::string sha;  // it is in the clone
  // Head was made on exactly this commit. Else head may have forked off earlier, at the merge base of both.
  bool is_parent = false;
};

// - pull request of which GitHub's merge is checked out (a merge whose second parent is the event's head): the merge's
//   first parent. The event's own base is older when others' changes were merged since.
// - else what the event names (RunContext::base_sha)
// - push of a new branch, or after which the commit before it is nowhere to be had: where HEAD left the default branch
// nullopt: the event names none (schedule, workflow_dispatch), or this is not GitHub. What is not in the clone is
// fetched; Error (config) with the cure when that fails too, or when git does not work.
[[nodiscard]] Result<std::optional<EventBase>> base_of_event(const checkout::Git& git, const RunContext& context);

// The branch that runs are compared with where the config names none: the event's default branch; else main, where
// origin's HEAD points to, or master, whichever is there first.
[[nodiscard]] std::string usual_branch(const checkout::Git& git, const RunContext& context);

}  // namespace perfwarden::app
