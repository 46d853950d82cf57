#pragma once

#include <string>

#include "app/bisect/hunt.hpp"
#include "app/bisect/state.hpp"
#include "base/result.hpp"
#include "bisect/search.hpp"
#include "checkout/worktree.hpp"

// What a search came to, as people and programs read it.
namespace perfwarden::app {

// The verdict first; then each culprit with its change, how sure it is and what it rests on; what a person should
// check; how to reproduce it. `why_none`: why bad was not shown to be worse.
[[nodiscard]] Result<std::string> answer_text(const checkout::Git& git, const BisectState& state,
                                              const std::string& why_none);
// The same as JSON (perfwarden.bisection/1).
[[nodiscard]] Result<std::string> answer_json(const checkout::Git& git, const BisectState& state,
                                              const std::string& why_none);

// For people who measure elsewhere: the full hash of the commit to test next, alone on the first line, and why.
[[nodiscard]] std::string next_text(const StretchOfCommits& stretch, const bisect::Next& next);

// A script for `git bisect run`, which asks this program about each commit.
struct BisectScript {
  std::string good, bad, benchmark, config_file;
};
[[nodiscard]] std::string script_text(const BisectScript& script);

// Whether each culprit is named and verified.
[[nodiscard]] bool is_answered(const BisectState& state);

}  // namespace perfwarden::app
