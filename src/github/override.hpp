#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "github/api.hpp"
#include "model/config.hpp"
#include "model/run_context.hpp"

namespace perfwarden::github {

// What a person did on the pull request to accept soft findings. Hostile text.
struct FoundOverride {
  std::string by;       // login that set the label; empty when it is not there or does not count
  std::string reason;   // one line; may be empty when no reason is required
  std::string why_not;  // the label is there but does not count, and the cure; else empty
};

// Whether the pull request has the override label, who set it last, and why. The label counts when
// - it was set on this head: by the very event of this run, or at or after a moment at which this head was the pull
//   request's (RunContext::head_since), which it still is. What was pushed after the label is not covered by it.
// - that person is in `config.allow` (empty: whoever may set labels)
// - and, where a reason is required, gave one: the latest of the pull request's comments by that person that starts
//   with "perfwarden: accept" (what follows is the reason) or has a line "perf-override: reason"; failing that, such a
//   line in the pull request's own text, which the person accepted by setting the label.
[[nodiscard]] Result<FoundOverride> find_override(Api& api, const RunContext& context, const OverrideConfig& config);

// The reason in a comment's or a description's text; empty when there is none.
[[nodiscard]] std::string reason_in(std::string_view text, bool is_comment);

}  // namespace perfwarden::github
