#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "github/run_context.hpp"

// An event's JSON, under every name of an event, gives a context whose commits are commits, or an error with words.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perfwarden;
  static constexpr std::array k_events{"pull_request", "push",     "merge_group",       "issue_comment",
                                       "workflow_run", "schedule", "workflow_dispatch", "pull_request_target"};
  for (const char* event : k_events) {
    const os::Environment environment({{"GITHUB_ACTIONS", "true"},
                                       {"GITHUB_REPOSITORY", "acme/parser"},
                                       {"GITHUB_EVENT_NAME", event},
                                       {"GITHUB_EVENT_PATH", "event.json"},
                                       {"GITHUB_SHA", "0123456789abcdef0123456789abcdef01234567"}});
    const auto context =
        github::run_context(environment, std::string_view(reinterpret_cast<const char*>(data), size), "event.json");
    if (!context) {
      if (context.error().what.empty()) __builtin_trap();
      continue;
    }
    for (const std::string& sha : {context->head_sha, context->base_sha})
      if (!sha.empty() && !github::is_sha(sha)) __builtin_trap();
  }
  return 0;
}
