#include "github/issues.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "json/parse.hpp"
#include "json/path.hpp"
#include "json/write.hpp"
#include "net/url.hpp"

namespace perfwarden::github {
namespace {

using Json = nlohmann::json;

constexpr const char* k_write_issues = "issues: write";

Status patch(Api& api, std::int64_t number, const Json& body, const std::string& purpose) {
  PW_TRY(api.ask({.method = "PATCH",
                  .path = fmt::format("/issues/{}", number),
                  .body = json::dump(body),
                  .purpose = purpose,
                  .permission = k_write_issues}));
  return Nothing{};
}

}  // namespace

Result<std::vector<Issue>> issues_with(Api& api, const std::string& label) {
  std::vector<Issue> out;
  const Call call{.path = fmt::format("/issues?state=all&labels={}&per_page=100", net::encode_component(label)),
                  .purpose = "list the issues",
                  .permission = k_write_issues};
  PW_TRY_ASSIGN(const bool all, api.each_entry(call, [&](const Json& entry) {
    if (json::at(entry, {"pull_request"}) != nullptr) return;
    Issue& issue = out.emplace_back();
    issue.number = json::integer_at(entry, {"number"});
    issue.open = json::string_at(entry, {"state"}) == "open";
    issue.opening = comment_of(entry);
  }));
  if (!all) return github_error("cannot find our issues: there are more than 3000 with that label");
  return out;
}

Result<std::int64_t> open_issue(Api& api, const std::string& title, const std::string& body, const std::string& label) {
  Json labels = Json::array();
  labels.push_back(label);
  PW_TRY_ASSIGN(const net::HttpResponse response,
                api.ask({.method = "POST",
                         .path = "/issues",
                         .body = json::dump(Json{{"title", title}, {"body", body}, {"labels", labels}}),
                         .repeat = net::Repeat::unsafe,
                         .purpose = "open an issue",
                         .permission = k_write_issues}));
  const auto value = json::parse(response.body);
  const std::int64_t number = value ? json::integer_at(*value, {"number"}) : 0;
  if (number == 0) return github_error("an issue was opened, but GitHub's answer has no number");
  return number;
}

Status update_issue(Api& api, std::int64_t number, const std::string& body) {
  return patch(api, number, Json{{"body", body}}, "update the issue");
}

Status close_issue(Api& api, std::int64_t number) {
  return patch(api, number, Json{{"state", "closed"}, {"state_reason", "completed"}}, "close the issue");
}

Result<std::vector<CommitLine>> commits_between(Api& api, const std::string& good, const std::string& bad,
                                                std::size_t most) {
  PW_TRY_ASSIGN(const net::HttpResponse response,
                api.ask({.path = fmt::format("/compare/{}...{}?per_page=100", net::encode_component(good),
                                             net::encode_component(bad)),
                         .purpose = "list the commits between two runs",
                         .permission = "contents: read"}));
  const auto value = json::parse(response.body);
  const Json* commits = value ? json::at(*value, {"commits"}) : nullptr;
  std::vector<CommitLine> out;
  if (commits == nullptr || !commits->is_array()) return out;
  for (auto commit = commits->rbegin(); commit != commits->rend() && out.size() < most; ++commit) {
    const std::string message = json::string_at(*commit, {"commit", "message"});
    out.push_back({json::string_at(*commit, {"sha"}), message.substr(0, message.find('\n')),
                   json::string_at(*commit, {"commit", "author", "name"})});
  }
  return out;
}

}  // namespace perfwarden::github
