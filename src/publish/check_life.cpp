#include "publish/check_life.hpp"

#include <fmt/format.h>

#include <functional>

#include "github/check_runs.hpp"
#include "github/run_context.hpp"
#include "publish/access.hpp"

namespace perfwarden::publish {
namespace {

// A commit status cannot be found again by the run that set it, so only check runs are begun.
Result<Delivery> write(const Post& post, const CheckRunConfig& config, const std::string& title,
                       const std::function<Result<Delivery>(github::Api&, const github::CheckRun&)>& write_run) {
  PW_TRY_ASSIGN(const std::string name, check_name(post, config));
  if (name.empty()) return skipped("switched off");
  if (!github::may_write_check_runs(github::token(post.environment)))
    return skipped("with a person's token the check is a commit status, which only the report sets");
  return on_commit(post, [&](Session& session) -> Result<Delivery> {
    const RunContext& context = post.report.context;
    github::CheckRun run;
    run.name = name;
    run.head_sha = session.marker().head;
    run.conclusion = "cancelled";
    run.title = title;
    run.details_url = context.run_url();
    run.external_id = fmt::format("{}.{}", context.run_id, context.run_attempt);
    return write_run(session.api(), run);
  });
}

}  // namespace

Result<std::string> check_name(const Post& post, const CheckRunConfig& config) {
  const RunContext& context = post.report.context;
  if (!config.name.empty() && (config.name == context.job || config.name == context.workflow))
    return Error{.kind = ErrorKind::config,
                 .what =
                     "publish.check has the name of the job or of the workflow, so that a rule which requires it "
                     "would accept either",
                 .hint = "choose another name"};
  return config.name.empty() || context.leg.empty() ? config.name : fmt::format("{} ({})", config.name, context.leg);
}

Result<Delivery> begin_check(const Post& post, const CheckRunConfig& config) {
  return write(post, config, "measuring", [](github::Api& api, const github::CheckRun& run) -> Result<Delivery> {
    PW_TRY_ASSIGN(const std::int64_t id, github::begin_check_run(api, run));
    return sent(fmt::format("check run {} is under way", id));
  });
}

Result<Delivery> abandon_check(const Post& post, const CheckRunConfig& config) {
  return write(post, config, "ended without a report",
               [](github::Api& api, const github::CheckRun& run) -> Result<Delivery> {
                 PW_TRY_ASSIGN(const bool was_there, github::abandon_check_run(api, run));
                 return was_there ? sent("ended without a report") : skipped("no check run is under way");
               });
}

}  // namespace perfwarden::publish
