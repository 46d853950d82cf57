#include "github/people.hpp"

#include <fmt/format.h>

#include "json/parse.hpp"
#include "json/path.hpp"
#include "json/write.hpp"
#include "net/url.hpp"

namespace perfwarden::github {

Result<std::string> permission_of(Api& api, const std::string& login) {
  PW_TRY_ASSIGN(const net::HttpResponse response,
                api.ask({.path = fmt::format("/collaborators/{}/permission", net::encode_component(login)),
                         .purpose = "ask what a person may do in this repository",
                         .permission = "contents: read"},
                        404));
  const auto value = json::parse(response.body);
  const std::string permission = value ? json::string_at(*value, {"permission"}) : "";
  return permission.empty() ? "none" : permission;
}

Result<bool> is_in_team(Api& api, const std::string& team, const std::string& login) {
  const std::size_t slash = team.find('/');
  const std::string organization = team.substr(0, slash),
                    slug = slash == std::string::npos ? "" : team.substr(slash + 1);
  const std::string address =
      fmt::format("{}/orgs/{}/teams/{}/memberships/{}", api.root(), net::encode_component(organization),
                  net::encode_component(slug), net::encode_component(login));
  Result<net::HttpResponse> response =
      api.ask({.path = address, .purpose = fmt::format("ask who is in the team {}", team)}, 404);
  if (!response) {
    response.error().hint =
        "a workflow's own token cannot see teams: give perfwarden that of a GitHub App with "
        "`members: read`, as PERFWARDEN_TOKEN";
    return std::move(response).error();
  }
  const auto value = json::parse(response->body);
  return response->status == 200 && value && json::string_at(*value, {"state"}) == "active";
}

Status react(Api& api, std::int64_t comment, const std::string& reaction) {
  PW_TRY(api.ask({"POST", fmt::format("/issues/comments/{}/reactions", comment),
                  json::dump(nlohmann::json{{"content", reaction}}), net::Repeat::safe, "react to the comment",
                  "pull-requests: write"}));
  return Nothing{};
}

}  // namespace perfwarden::github
