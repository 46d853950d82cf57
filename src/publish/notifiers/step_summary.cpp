#include "github/workflow_commands.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::publish {
namespace {

Delivery send_step_summary(const Post& post) {
  const std::string& file = post.report.context.summary_file;
  if (file.empty()) return {"step-summary", Delivery::State::skipped, "GITHUB_STEP_SUMMARY is not set", false};
  if (const auto written = github::append_summary(file, post.summary_markdown); !written)
    return {"step-summary", Delivery::State::failed, written.error().text(), false};
  return {"step-summary", Delivery::State::sent, "the whole report", false};
}

}  // namespace

extern const Notifier k_notifier_step_summary{"step-summary", "writes the report to the job's summary page", "",
                                              send_step_summary};

}  // namespace perfwarden::publish
