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

Delivery send_annotations(const Post& post) {
  if (!post.report.context.in_github) return {"annotations", Delivery::State::skipped, "not in GitHub Actions", false};
  const std::vector<Finding>& findings = post.report.verdict.findings;
  if (findings.empty()) return {"annotations", Delivery::State::skipped, "nothing to point at", false};
  std::vector<github::Annotation> all;
  all.reserve(findings.size());
  for (const Finding& finding : findings) all.push_back(annotation_of(finding, post.report));
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.level < b.level; });
  post.console.err(github::annotations(all));
  return {"annotations", Delivery::State::sent, std::to_string(all.size()) + " findings", false};
}

}  // namespace

extern const Notifier k_notifier_annotations{
    "annotations", "marks findings at the budget's line in the config file, worst first", "", send_annotations};

}  // namespace perfwarden::publish
