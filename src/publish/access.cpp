#include "publish/access.hpp"

namespace perfwarden::publish {

std::optional<Delivery> cannot_write(const Post& post, std::string_view notifier) {
  const RunContext& context = post.report.context;
  const auto skipped = [&](std::string note, bool denied) {
    return Delivery{std::string(notifier), Delivery::State::skipped, std::move(note), denied};
  };
  if (!context.in_github) return skipped("not in GitHub Actions", false);
  if (!context.is_pull_request()) return skipped("not about a pull request", false);
  if (post.token.empty())
    return skipped("no token: give the action `token: ${{ github.token }}`, or set GITHUB_TOKEN", true);
  // Whatever `permissions:` say, such a token may only read.
  if (context.from_fork && context.event.starts_with("pull_request") && context.event != "pull_request_target")
    return skipped("a pull request from a fork gets a token that may only read", true);
  return std::nullopt;
}

github::Access access_of(const Post& post) {
  const RunContext& context = post.report.context;
  std::string user_agent = "perfwarden";
  // A report may come from somebody else's file, and this goes into a header.
  const std::string& version = post.report.tool_version;
  if (!version.empty() && version.size() < 32 && version.find_first_not_of("0123456789.") == std::string::npos)
    user_agent += "/" + version;
  return {context.api_url, context.repository, post.token, std::move(user_agent)};
}

Delivery delivery_of(const Error& error, bool denied, std::string_view notifier) {
  std::string note = error.what;
  if (!error.hint.empty()) note += "; " + error.hint;
  return {std::string(notifier), denied ? Delivery::State::skipped : Delivery::State::failed, std::move(note), denied};
}

}  // namespace perfwarden::publish
