#include "publish/access.hpp"

#include "github/run_context.hpp"

namespace perfwarden::publish {
namespace {

std::string user_agent(const std::string& version) {
  // A report may come from a file that anybody wrote, and this goes into a header.
  const bool is_version =
      !version.empty() && version.size() < 32 && version.find_first_not_of("0123456789.") == std::string::npos;
  return is_version ? "perfwarden/" + version : "perfwarden";
}

// Whatever `permissions:` say, such a token may only read.
bool only_reads(const RunContext& context) {
  return context.from_fork && context.event.starts_with("pull_request") && context.event != "pull_request_target";
}

}  // namespace

Result<Delivery> on_pull_request(const Post& post, const std::function<Result<Delivery>(const Conversation&)>& write) {
  const RunContext& context = post.report.context;
  if (!context.in_github) return skipped("not in GitHub Actions");
  if (!context.is_pull_request()) return skipped("not about a pull request");
  const std::string token = github::token(post.environment);
  if (token.empty()) return refused("no token: give the action `token: ${{ github.token }}`, or set GITHUB_TOKEN");
  if (only_reads(context)) return refused("a pull request from a fork gets a token that can only read");
  github::Api api(post.http, post.clock,
                  {context.api_url, context.repository, token, user_agent(post.report.tool_version)});
  Result<Delivery> delivery = write({api, context.pull_request});
  if (delivery || !api.denied()) return delivery;
  const Error& error = delivery.error();
  return refused(error.hint.empty() ? error.what : error.what + "; " + error.hint);
}

}  // namespace perfwarden::publish
