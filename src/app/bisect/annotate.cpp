#include "app/bisect/annotate.hpp"

#include <fmt/format.h>

#include "app/cli/messages.hpp"
#include "app/cli/version.hpp"
#include "app/history/commits.hpp"
#include "base/text.hpp"
#include "github/check_runs.hpp"
#include "github/run_context.hpp"
#include "model/unit.hpp"

namespace perfwarden::app {

Status can_annotate(World& world, const RunContext& context) {
  if (!context.in_github || context.repository.empty())
    return wrong_usage("this is not GitHub Actions, so there is no commit to annotate",
                       "leave --annotate out, and write a note: git notes add -m TEXT COMMIT");
  if (!github::token(world.environment).empty()) return Nothing{};
  return wrong_usage("there is no token to annotate the commit with",
                     "set PERFWARDEN_TOKEN: ${{ github.token }}, and give the job `permissions: statuses: write`");
}

Status annotate(World& world, const RunContext& context, std::span<const Culprit> culprits) {
  github::Api api(
      world.http, world.clock,
      {context.api_url, context.repository, github::token(world.environment), "perfwarden/" + std::string(version())});
  for (const Culprit& culprit : culprits) {
    if (culprit.sha.empty() || !culprit.doubt.empty()) continue;
    const BisectChange& change = culprit.change;
    PW_TRY(github::set_commit_status(
        api, {.sha = culprit.sha,
              .state = "failure",
              .context = "perfwarden/bisect",
              .description = fmt::format("{} [{}, {}] {}", format_change(change.worse_by), format_change(change.low),
                                         format_change(change.high), text::one_line(change.id.path())),
              .target_url = context.run_url()}));
    note(world, fmt::format("{} has the status perfwarden/bisect now", short_sha(culprit.sha)));
  }
  return Nothing{};
}

}  // namespace perfwarden::app
