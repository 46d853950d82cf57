#include "report/view/mark.hpp"

#include <algorithm>

#include "base/sha256.hpp"
#include "json/write.hpp"

namespace perfwarden::report {
namespace {

Mark::Severity severity_of(const Finding& finding, const Report& report, bool accepted) {
  using enum Mark::Severity;
  switch (finding.level) {
    case Level::hard:
    case Level::soft:
      if (accepted) return note;
      return report.mode == Mode::observe && !finding.not_measured ? warning : error;
    case Level::warn:
      return warning;
    case Level::inconclusive:
    case Level::pass:
      break;
  }
  return note;
}

std::string in_repository(const std::string& file, const Report& report) {
  const std::string root = report.context.workspace + "/";
  if (!report.context.workspace.empty() && file.starts_with(root)) return file.substr(root.size());
  return file.starts_with("/") ? report.config_file : file;
}

std::string fingerprint_of(const Finding& finding) {
  constexpr std::size_t k_digits = 32;
  const nlohmann::ordered_json parts = {finding.rule, finding.series.path(), finding.budget, finding.frame};
  return sha256(json::dump(parts)).substr(0, k_digits);
}

}  // namespace

std::vector<Mark> marks_of(const Report& report) {
  std::vector<Mark> out;
  out.reserve(report.verdict.findings.size());
  for (const Finding& finding : report.verdict.findings) {
    Mark mark;
    mark.accepted = finding.accepted;
    mark.severity = severity_of(finding, report, mark.accepted);
    mark.rule = finding.rule;
    mark.file = in_repository(finding.where.file.empty() ? report.config_file : finding.where.file, report);
    mark.line = finding.where.line;
    mark.title = finding.series.benchmark.empty() ? "perfwarden: " + finding.rule : finding.series.path();
    mark.message = finding.reason;
    if (mark.accepted && !report.verdict.override_note.empty())
      mark.message += " (accepted: " + report.verdict.override_note + ")";
    mark.fingerprint = fingerprint_of(finding);
    out.push_back(std::move(mark));
  }
  std::stable_sort(out.begin(), out.end(), [](const Mark& a, const Mark& b) { return a.severity > b.severity; });
  return out;
}

}  // namespace perfwarden::report
