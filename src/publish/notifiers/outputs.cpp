#include "base/text.hpp"
#include "github/workflow_commands.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::publish {
namespace {

Result<Delivery> send_outputs(const Post& post, const PublishConfig&) {
  const RunContext& context = post.report.context;
  if (context.output_file.empty()) return skipped("GITHUB_OUTPUT is not set");
  const Counts& counts = post.report.verdict.counts;
  const std::vector<std::pair<std::string, std::string>> outputs{
      {"verdict", std::string(name_of(post.report.verdict.conclusion))},
      {"regressions", std::to_string(counts.regressions)},
      {"improvements", std::to_string(counts.improvements)},
      {"inconclusive", std::to_string(counts.inconclusive)},
      {"new", std::to_string(counts.added)},
      {"vanished", std::to_string(counts.vanished)},
      {"comparison-count", std::to_string(post.report.comparisons.size())},
      {"overridden", post.report.verdict.overridden ? "true" : "false"},
      {"report", text::one_line(post.report_directory)},
  };
  PW_TRY(github::append_outputs(context.output_file, outputs));
  return sent(std::to_string(outputs.size()) + " outputs");
}

}  // namespace

extern const Notifier k_notifier_outputs{"outputs", "sets the step's outputs: verdict, counts, report directory", "",
                                         Turn::first, send_outputs};

}  // namespace perfwarden::publish
