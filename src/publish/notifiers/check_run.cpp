#include <fmt/format.h>

#include "github/check_runs.hpp"
#include "github/run_context.hpp"
#include "publish/access.hpp"
#include "publish/check_life.hpp"
#include "publish/notifier.hpp"
#include "report/view/mark.hpp"

namespace perfwarden::publish {
namespace {

constexpr std::size_t k_check_characters = 20'000;  // below the limit in bytes too

// What the job's exit code comes to, where the report knows it.
std::string conclusion_of(const Report& report) {
  const bool undecided_fails = report.verdict.conclusion == Conclusion::inconclusive && report.mode == Mode::enforce &&
                               report.statistics.inconclusive == OnInconclusive::fail;
  if (fails(report) || undecided_fails) return "failure";
  return report.verdict.conclusion == Conclusion::pass && !report.verdict.overridden ? "success" : "neutral";
}

std::string title_of(const Report& report) {
  const Counts& counts = report.verdict.counts;
  const std::string_view verdict = report.verdict.overridden ? "accepted" : name_of(report.verdict.conclusion);
  std::string title = fmt::format("{}: {} slower, {} faster, {} undecided", verdict, counts.regressions,
                                  counts.improvements, counts.inconclusive);
  if (counts.failed > 0) title += fmt::format(", {} failed", counts.failed);
  return report.mode == Mode::observe ? title + " (only observed)" : title;
}

std::vector<github::CheckAnnotation> annotations_of(const Report& report) {
  std::vector<github::CheckAnnotation> out;
  for (const report::Mark& mark : report::marks_of(report)) {
    const bool error = mark.severity == report::Mark::Severity::error;
    const bool warning = mark.severity == report::Mark::Severity::warning;
    const std::string file = mark.file.empty() ? std::string(report::k_default_config_file) : mark.file;
    out.push_back({file, mark.line, error ? "failure" : warning ? "warning" : "notice", mark.title, mark.message});
  }
  return out;
}

Result<Delivery> write_check_run(Session& session, const Post& post, const std::string& name) {
  const Report& report = post.report;
  PW_TRY_ASSIGN(const std::string summary, post.text("markdown", k_check_characters));
  github::CheckRun run;
  run.name = name;
  run.head_sha = session.marker().head;
  run.conclusion = conclusion_of(report);
  run.title = title_of(report);
  run.summary = summary;
  run.details_url = report.context.run_url();
  run.external_id = fmt::format("{}.{}", report.context.run_id, report.context.run_attempt);
  run.annotations = annotations_of(report);
  PW_TRY_ASSIGN(const std::int64_t id, github::finish_check_run(session.api(), run));
  return sent(fmt::format("check run {} says {}", id, run.conclusion));
}

Result<Delivery> write_status(Session& session, const Post& post, const std::string& name) {
  github::CommitStatus status;
  status.sha = session.marker().head;
  const std::string conclusion = conclusion_of(post.report);
  status.state = conclusion == "failure" ? "failure" : "success";  // there is no neutral status
  status.context = name;
  status.description = title_of(post.report);
  status.target_url = post.report.context.run_url();
  PW_TRY(github::set_commit_status(session.api(), status));
  return sent(fmt::format("commit status says {}", status.state));
}

Result<Delivery> send_check_run(const Post& post, const CheckRunConfig& config) {
  PW_TRY_ASSIGN(const std::string name, check_name(post, config));
  if (name.empty()) return skipped("switched off");
  return on_commit(post, [&](Session& session) {
    const std::string token = github::token(post.environment);
    return github::may_write_check_runs(token) ? write_check_run(session, post, name)
                                               : write_status(session, post, name);
  });
}

}  // namespace

extern const Notifier k_notifier_check_run{
    "check-run", "reports the verdict as a check of the commit; with a person's token, as a commit status",
    "checks: write", Turn::first, send_with<&PublishConfig::check, send_check_run>};

}  // namespace perfwarden::publish
