#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "github/api.hpp"
#include "model/config.hpp"
#include "model/report.hpp"

namespace perfwarden::github {

// What people did on the pull request to accept soft findings. Hostile text.
struct FoundOverrides {
  std::vector<Override> accepted;    // the label first, then commands, oldest first
  std::vector<std::string> why_not;  // one sentence for each that is there and does not count, with the cure
};

// Who accepted what on the pull request, by the override label or by a comment `/perfwarden accept <glob> <reason>`.
// Either counts when
// - it is about this head: it came with the very event of this run, or at or after a moment at which this head was the
//   pull request's (RunContext::head_since), which it still is, and no push has rewritten it since
// - it is no older than `config.expires_s` at `now_s`
// - the person may accept: is in `config.allow` or in `config.team`; where neither is set, may set labels (the label),
//   or is a collaborator who may write to the repository (a comment)
// - and, where a reason is required, gave one. Of a command the text after the glob. Of the label the latest of that
//   person's comments that starts with "perfwarden: accept" or has a line "perf-override: reason"; failing that, such a
//   line in the pull request's own text, which the person accepted by setting the label.
// A comment that was edited does not count: whoever may write to the repository may edit the comments of others.
[[nodiscard]] Result<FoundOverrides> find_overrides(Api& api, const RunContext& context, const OverrideConfig& config,
                                                    std::int64_t now_s);

// The commands that a comment begins with, one for each line that does; the lines below belong to its reason. Empty for
// any other comment. At most ten.
struct AcceptCommand {
  std::string glob, reason;  // either may be empty
};
[[nodiscard]] std::vector<AcceptCommand> accept_commands(std::string_view comment);

// Why the author of a comment may not accept anything; empty when the author may. Error when GitHub does not say.
[[nodiscard]] Result<std::string> why_may_not(Api& api, const Comment& comment, const OverrideConfig& config);

// The reason for the label in a comment's or a description's text; empty when there is none.
[[nodiscard]] std::string reason_in(std::string_view text, bool is_comment);

}  // namespace perfwarden::github
