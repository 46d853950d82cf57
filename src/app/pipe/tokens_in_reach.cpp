#include "app/pipe/tokens_in_reach.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "app/cli/messages.hpp"
#include "app/pipe/checkouts.hpp"
#include "base/text.hpp"
#include "os/process/user.hpp"

namespace perfwarden::app {
namespace {

struct Reachable {
  std::string what, cure;
};

bool is_strangers(const RunContext& context) {
  return context.from_fork || context.event == "pull_request_target" || context.event == "workflow_run";
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
  if (repository(world).run({"config", "--name-only", "--get-regexp", R"(^http\..*extraheader$)"}))
    out.push_back({"the clone's settings hold a token, which code that is measured can read",
                   "give actions/checkout `persist-credentials: false`"});
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
