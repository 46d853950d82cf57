#include "app/pipe/tokens_in_reach.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/messages.hpp"
#include "app/pipe/checkouts.hpp"
#include "base/text.hpp"
#include "checkout/clone.hpp"
#include "os/files/files.hpp"
#include "os/process/user.hpp"

namespace perfwarden::app {
namespace {

struct Reachable {
  std::string what, cure;
};

// The event of a comment does not say whose branch the pull request is.
bool is_strangers(const RunContext& context) {
  return context.from_fork || context.event == "pull_request_target" || context.event == "workflow_run" ||
         (context.event == "issue_comment" && context.is_pull_request());
}

// "https://x-access-token:ghs_…@github.com/", or with the token as the user.
bool holds_password(std::string_view text) {
  static const std::regex in_address(R"(://([^/@:\s]*:[^/@\s]+|gh[a-z]_[^/@\s]+|github_pat_[^/@\s]+)@)");
  return std::regex_search(text.begin(), text.end(), in_address);
}

bool a_submodule_holds_one() {
  constexpr std::size_t k_most_config_bytes = std::size_t{1} << 20;
  const Result<std::optional<checkout::Clone>> clone = checkout::find_clone(".");
  if (!clone || !*clone) return false;
  const std::vector<std::string> files = checkout::configs_of_submodules(**clone);
  return std::any_of(files.begin(), files.end(), [](const std::string& file) {
    const std::string text = os::read_file(file, k_most_config_bytes).value_or("");
    return text::lower(text).find("extraheader") != std::string::npos || holds_password(text);
  });
}

std::vector<Reachable> tokens_in_reach(World& world, unsigned uid) {
  std::vector<Reachable> out;
  for (const os::Ancestor& ancestor : world.ancestors) {
    if ((uid != 0 && ancestor.uid != uid) || !ancestor.environment.holds_secrets()) continue;
    out.push_back({fmt::format("the process that started perfwarden ({}) has a token in its variables, and code that "
                               "is measured as the same user can read them",
                               ancestor.name),
                   "run `perfwarden check --no-publish` in a step without the token, and `perfwarden publish` in one "
                   "with it (docs/security.md#the-token-and-foreign-code)"});
    break;
  }
  constexpr const char* k_cure = "give actions/checkout `persist-credentials: false`";
  const checkout::Git git = repository(world);
  if (git.run({"config", "--name-only", "--get-regexp", R"(^http\..*extraheader$)"}))
    out.push_back({"the clone's settings hold a token, which code that is measured can read", k_cure});
  if (holds_password(git.run({"config", "--get-regexp", R"(^remote\..*url$)"}).value_or("")))
    out.push_back({"the address of a remote holds a token, which code that is measured can read",
                   "take it out: git remote set-url NAME https://HOST/OWNER/NAME"});
  if (a_submodule_holds_one())
    out.push_back({"the settings of a submodule hold a token, which code that is measured can read", k_cure});
  return out;
}

}  // namespace

Status look_for_tokens(World& world, const RunContext& context, const std::optional<os::User>& user) {
  if (!context.in_github) return Nothing{};
  for (const Reachable& token : tokens_in_reach(world, user ? user->uid : os::our_uid())) {
    if (is_strangers(context))
      return Error{
          .kind = ErrorKind::benchmark, .what = "a stranger's code is not run here: " + token.what, .hint = token.cure};
    warn(world, token.what + ": " + token.cure);
  }
  return Nothing{};
}

}  // namespace perfwarden::app
