#include "github/deployments.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "json/path.hpp"

namespace perfwarden::github {
namespace {

using Json = nlohmann::json;

// GraphQL, since REST says of each deployment only by a request of its own whether it succeeded.
constexpr const char* k_deployments_query =
    "query($owner:String!,$name:String!,$first:Int!,$after:String,$environments:[String!]){"
    "repository(owner:$owner,name:$name){deployments(first:$first,after:$after,environments:$environments,"
    "orderBy:{field:CREATED_AT,direction:DESC}){nodes{commitOid createdAt environment state ref{name}}"
    "pageInfo{hasNextPage endCursor}}}}";
constexpr std::size_t k_deployments_at_once = 100;

// A deployment that a later one has replaced is INACTIVE, and one whose environment is gone is DESTROYED.
bool reached_its_environment(std::string_view state) {
  constexpr std::array<std::string_view, 4> k_states{"ACTIVE", "SUCCESS", "INACTIVE", "DESTROYED"};
  return std::find(k_states.begin(), k_states.end(), state) != k_states.end();
}

}  // namespace

Result<std::vector<Deployment>> deployments(Api& api, const std::string& repository, const std::string& environment,
                                            std::size_t most) {
  const std::size_t slash = std::min(repository.find('/'), repository.size());
  Json variables{{"owner", repository.substr(0, slash)},
                 {"name", repository.substr(std::min(slash + 1, repository.size()))},
                 {"after", nullptr},
                 {"environments", nullptr}};
  if (!environment.empty()) variables["environments"] = Json::array({environment});
  std::vector<Deployment> out;
  for (std::size_t left = most; left > 0;) {
    const std::size_t first = std::min(left, k_deployments_at_once);
    variables["first"] = first;
    PW_TRY_ASSIGN(const Json data,
                  api.graphql(k_deployments_query, variables, "list the deployments", "deployments: read"));
    const Json* const list = json::at(data, {"repository", "deployments"});
    const Json* const nodes = list == nullptr ? nullptr : json::at(*list, {"nodes"});
    if (nodes == nullptr || !nodes->is_array()) return github_error("GitHub's answer has no list of deployments");
    for (const Json& node : *nodes)
      if (reached_its_environment(json::string_at(node, {"state"})))
        out.push_back({json::string_at(node, {"createdAt"}), json::string_at(node, {"environment"}),
                       json::string_at(node, {"commitOid"}), json::string_at(node, {"ref", "name"})});
    left -= first;
    const Json* const more = json::at(*list, {"pageInfo", "hasNextPage"});
    if (more == nullptr || !more->is_boolean() || !more->get<bool>()) break;
    variables["after"] = json::string_at(*list, {"pageInfo", "endCursor"});
  }
  return out;
}

}  // namespace perfwarden::github
