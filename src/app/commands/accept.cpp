#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/input.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/cli/version.hpp"
#include "app/pipe/earlier_report.hpp"
#include "app/pipe/publication.hpp"
#include "app/pipe/report.hpp"
#include "app/pipe/trusted_config.hpp"
#include "base/text.hpp"
#include "github/override.hpp"
#include "github/people.hpp"
#include "github/run_context.hpp"
#include "github/workflow_runs.hpp"

namespace perfwarden::app {
namespace {

struct AcceptOptions {
  ConfigOptions config;
  std::string workflow = "perfwarden.yml", artifact = "perfwarden", output;
};

// Why a comment changes nothing; empty when it may. Whether it is about the head that was measured is decided by the
// run that judges again.
Result<std::string> why_not(github::Api& api, const github::Comment& comment, const OverrideConfig& config) {
  for (const github::AcceptCommand& command : github::accept_commands(comment.body)) {
    if (command.glob.empty()) return std::string("it names no benchmarks: /perfwarden accept <glob> <why>");
    if (config.require_reason && command.reason.empty())
      return std::string("it gives no reason: /perfwarden accept <glob> <why>");
  }
  if (comment.created != comment.updated) return std::string("it was edited");
  return github::why_may_not(api, comment, config);
}

// Runs the failed jobs of the pull request's newest run again; a sentence for people.
Result<std::string> run_again(github::Api& api, const RunContext& context, const AcceptOptions& options) {
  PW_TRY_ASSIGN(const github::PullRequest now, api.pull_request(context.pull_request));
  PW_TRY_ASSIGN(std::vector<github::WorkflowRun> runs, github::runs_of(api, options.workflow, now.head_sha));
  std::erase_if(runs, [&](const github::WorkflowRun& run) {
    return run.repository_id != context.repository_id || !run.event.starts_with("pull_request");
  });
  const std::string head = now.head_sha.substr(0, 10);
  if (runs.empty())
    return Error{.kind = ErrorKind::github,
                 .what = fmt::format("no run of {} is about {}", text::one_line(options.workflow), head),
                 .hint = "name the file of the workflow that measures pull requests: --workflow perfwarden.yml"};
  const github::WorkflowRun& newest = runs.front();
  if (newest.status != "completed")
    return Error{.kind = ErrorKind::github,
                 .what = fmt::format("run {} about {} is still going", newest.id, head),
                 .hint = "comment again once it has ended"};
  if (newest.conclusion == "success") return fmt::format("run {} about {} did not fail", newest.id, head);
  PW_TRY(github::rerun_failed_jobs(api, newest.id));
  return fmt::format("the failed jobs of run {} about {} run again", newest.id, head);
}

// A comment on a pull request: answers it by a reaction, and lets the run that failed judge again.
Result<ExitCode> answer(World& world, const AcceptOptions& options, const RunContext& context,
                        const OverrideConfig& config) {
  const std::string token = github::token(world.environment);
  github::Api api(world.http, world.clock,
                  {context.api_url, context.repository, token, "perfwarden/" + std::string(version())});
  PW_TRY_ASSIGN(const std::optional<github::Comment> comment, api.comment(context.comment));
  if (!comment || comment->by_bot || github::accept_commands(comment->body).empty()) {
    note(world, "the comment is not a command");
    return k_pass;
  }
  PW_TRY_ASSIGN(const std::string refused, why_not(api, *comment, config));
  if (!refused.empty()) {
    warn(world, fmt::format("the command of {} does not count: {}", text::one_line(comment->author), refused));
    (void)github::react(api, comment->id, "-1").has_value();
    return k_pass;
  }
  const Result<std::string> done = run_again(api, context, options);
  (void)github::react(api, comment->id, done ? "+1" : "confused").has_value();
  if (!done) return done.error();
  note(world, *done);
  return k_pass;
}

// A run of the pull request's own: judges what an earlier one measured, with what was accepted since.
Result<ExitCode> judge_earlier(World& world, const AcceptOptions& options, RunContext context,
                               const TrustedConfig& trusted) {
  const Config& config = trusted.loaded.config;
  const std::vector<Override> accepted = find_overrides(world, context, config);
  const bool relabelled = context.action == "labeled" || context.action == "unlabeled";
  if (accepted.empty() && !relabelled) {
    note(world, "nobody has accepted anything on this commit, so it is measured again");
    return k_pass;
  }
  std::optional<Report> report = earlier_report(world, context, options.artifact);
  if (!report) return k_pass;
  report->accepted = accepted;
  report->warnings.push_back({"judged-again", fmt::format("measured by run {}, and judged again by this one",
                                                          text::one_line(report->context.run_id))});
  report->context = std::move(context);
  judge(*report, config);
  PW_TRY_ASSIGN(const report::Templates templates,
                load_templates(TrustedFiles(world, trusted.base_sha), config.report.templates));
  PW_TRY_ASSIGN(const WrittenReports written, write_reports(world, *report, config, templates, options.output));
  for (const Error& failure : written.failures) warn(world, failure.text());
  bool told = record_accepted(world, *report, config) && written.failures.empty();
  told = publish(world, *report, config, templates, options.output) && told;
  give_back(options.output);
  const ExitCode code = settled(exit_code(report->verdict, config, told));
  PW_TRY_ASSIGN(const std::string text, render(world, *report, templates, "terminal", code));
  world.console.out(text);
  return code;
}

Result<ExitCode> accept(World& world, const AcceptOptions& options) {
  PW_TRY_ASSIGN(RunContext context, github::run_context(world.environment));
  const bool comment = context.event == "issue_comment";
  if (!context.in_github || !context.is_pull_request() || (!comment && !context.event.starts_with("pull_request")))
    return wrong_usage("this is not a run about a pull request, so there is nothing to accept",
                       "run it `on: issue_comment`, or `on: pull_request` before what measures");
  if (github::token(world.environment).empty())
    return wrong_usage("there is no token to ask GitHub with", "set GITHUB_TOKEN: ${{ github.token }}");
  PW_TRY_ASSIGN(const TrustedConfig trusted, trusted_config(world, context, options.config));
  if (comment) return answer(world, options, context, trusted.loaded.config.overrides);
  return judge_earlier(world, options, std::move(context), trusted);
}

Run declare_accept(Verb& verb) {
  auto options = std::make_shared<AcceptOptions>();
  add_config_options(verb, options->config);
  verb.add_option("--workflow", options->workflow,
                  "On a comment: file name of the workflow whose failed jobs run again")
      .show_default();
  verb.add_option("--artifact", options->artifact, "Name of the artifact that holds the earlier run's reports")
      .show_default();
  verb.add_option("-o,--output", options->output, "Folder for the reports (default: reports)");
  return [options](World& world) {
    if (options->output.empty()) options->output = "reports";
    return accept(world, *options);
  };
}

}  // namespace

extern const Command k_command_accept{
    "accept",
    "Judge what an earlier run measured again, with what a label or a comment accepts; measures nothing",
    declare_accept,
    "  perfwarden accept                     in a pull request's run, before check: sets the output verdict when it "
    "judged\n"
    "  perfwarden accept --workflow perf.yml on a comment `/perfwarden accept <glob> <why>`: lets failed jobs run "
    "again",
    {k_gate_failed, k_not_measured, k_inconclusive, k_no_baseline, k_not_published}};

}  // namespace perfwarden::app
