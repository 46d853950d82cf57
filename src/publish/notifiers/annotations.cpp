#include <map>

#include "base/text.hpp"
#include "github/workflow_commands.hpp"
#include "publish/notifier.hpp"
#include "report/view/mark.hpp"

namespace perfwarden::publish {
namespace {

github::Annotation annotation_of(const report::Mark& mark) {
  using Level = github::Annotation::Level;
  const std::map<report::Mark::Severity, Level> levels{{report::Mark::Severity::error, Level::error},
                                                       {report::Mark::Severity::warning, Level::warning},
                                                       {report::Mark::Severity::note, Level::notice}};
  return {levels.at(mark.severity), mark.file, mark.line, mark.title, mark.message};
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
  const std::vector<report::Mark> marks = report::marks_of(post.report);
  if (marks.empty()) return skipped("nothing to point at");
  std::vector<github::Annotation> all;
  all.reserve(marks.size());
  for (const report::Mark& mark : marks) all.push_back(annotation_of(mark));
  post.console.command(github::annotations(all));
  return sent(std::to_string(all.size()) + " findings");
}

}  // namespace

extern const Notifier k_notifier_annotations{"annotations",
                                             "marks findings at the budget's line in the config file, worst first", "",
                                             Turn::after_refusals, send_annotations};

}  // namespace perfwarden::publish
