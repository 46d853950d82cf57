#include <fmt/format.h>

#include <limits>

#include "github/code_scanning.hpp"
#include "publish/access.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::publish {
namespace {

// Code scanning files alerts by ref; those of a pull request show on its page.
std::string ref_of(const RunContext& context) {
  if (context.is_pull_request() && context.event != "merge_group")
    return fmt::format("refs/pull/{}/head", context.pull_request);
  return context.head_ref.empty() ? "" : "refs/heads/" + context.head_ref;
}

Result<Delivery> send_code_scanning(const Post& post, const CodeScanningConfig& config) {
  if (!config.upload) return skipped("switched off");
  const std::string ref = ref_of(post.report.context);
  if (ref.empty()) return skipped("not about a branch");
  return on_commit(post, [&](Session& session) -> Result<Delivery> {
    PW_TRY_ASSIGN(const std::string sarif, post.text("sarif", std::numeric_limits<std::size_t>::max()));
    PW_TRY(github::upload_sarif(session.api(), session.marker().head, ref, sarif));
    return sent(fmt::format("findings about {}", ref));
  });
}

}  // namespace

extern const Notifier k_notifier_code_scanning{
    "code-scanning", "uploads the findings as alerts of code scanning; a run without findings closes them",
    "security-events: write", Turn::first, send_with<&PublishConfig::code_scanning, send_code_scanning>};

}  // namespace perfwarden::publish
