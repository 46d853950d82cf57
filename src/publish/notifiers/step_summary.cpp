#include "github/workflow_commands.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::publish {
namespace {

constexpr std::size_t k_summary_characters = 300'000;  // of 1 MiB; a character is at most three bytes here

Result<Delivery> send_step_summary(const Post& post, const PublishConfig&) {
  const std::string& file = post.report.context.summary_file;
  if (file.empty()) return skipped("GITHUB_STEP_SUMMARY is not set");
  PW_TRY_ASSIGN(const std::string markdown, post.text("markdown", k_summary_characters));
  PW_TRY(github::append_summary(file, markdown));
  return sent("the whole report");
}

}  // namespace

extern const Notifier k_notifier_step_summary{"step-summary", "writes the report to the job's summary page", "",
                                              Turn::first, send_step_summary};

}  // namespace perfwarden::publish
