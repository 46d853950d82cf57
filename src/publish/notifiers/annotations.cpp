#include <algorithm>

#include "base/text.hpp"
#include "github/workflow_commands.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::publish {
namespace {

// A verdict that cannot fail the run must not show as an error.
github::Annotation::Level level_of(const Finding& finding, const Report& report) {
  using enum github::Annotation::Level;
  const bool accepted = report.verdict.overridden && finding.level == Level::soft;
  switch (finding.level) {
    case Level::hard:
    case Level::soft:
      if (accepted) return notice;
      return report.mode == Mode::observe ? warning : error;
    case Level::warn:
      return warning;
    case Level::inconclusive:
    case Level::pass:
      break;
  }
  return notice;
}

// GitHub wants paths from the repository's root.
std::string in_repository(const std::string& file, const Report& report) {
  const std::string root = report.context.workspace + "/";
  if (!report.context.workspace.empty() && file.starts_with(root)) return file.substr(root.size());
  return file.starts_with("/") ? report.config_file : file;
}

github::Annotation annotation_of(const Finding& finding, const Report& report) {
  github::Annotation out;
  out.level = level_of(finding, report);
  out.file = in_repository(finding.where.file.empty() ? report.config_file : finding.where.file, report);
  out.line = finding.where.line;
  out.title = finding.series.benchmark.empty() ? "perfwarden: " + finding.rule : finding.series.path();
  out.message = finding.reason;
  if (report.verdict.overridden && finding.level == Level::soft && !report.verdict.override_note.empty())
    out.message += " (accepted: " + report.verdict.override_note + ")";
  return out;
}

// Why others wrote nothing: the first reason, since one token has one reason.
std::vector<github::Annotation> notice_of(const std::vector<Delivery>& refusals) {
  if (refusals.empty()) return {};
  std::vector<std::string> names;
  names.reserve(refusals.size());
  for (const Delivery& refusal : refusals) names.push_back(refusal.notifier);
  return {{github::Annotation::Level::notice, "", 0, "perfwarden",
           "Not written: " + text::join(names, ", ") + " (" + refusals.front().note +
               "). The findings are annotations here and the report is in the job summary; the verdict is the same."}};
}

Result<Delivery> send_annotations(const Post& post, const PublishConfig&) {
  if (!post.report.context.in_github) return skipped("not in GitHub Actions");
  // Before the findings: the runner keeps the first ten notices of a step, and a person must see this one.
  post.console.command(github::annotations(notice_of(post.refusals)));
  const std::vector<Finding>& findings = post.report.verdict.findings;
  if (findings.empty()) return skipped("nothing to point at");
  std::vector<github::Annotation> all;
  all.reserve(findings.size());
  for (const Finding& finding : findings) all.push_back(annotation_of(finding, post.report));
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.level < b.level; });
  post.console.command(github::annotations(all));
  return sent(std::to_string(all.size()) + " findings");
}

}  // namespace

extern const Notifier k_notifier_annotations{"annotations",
                                             "marks findings at the budget's line in the config file, worst first", "",
                                             Turn::after_refusals, send_annotations};

}  // namespace perfwarden::publish
