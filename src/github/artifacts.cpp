#include "github/artifacts.hpp"

#include <fmt/format.h>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "json/parse.hpp"
#include "json/path.hpp"
#include "json/write.hpp"
#include "net/url.hpp"

namespace perfwarden::github {
namespace {

using Json = nlohmann::json;

constexpr int k_attempts = 3;
constexpr std::string_view k_read_actions = "actions: read";

Artifact artifact_of(const Json& value) {
  Artifact out;
  out.id = json::integer_at(value, {"id"});
  out.name = json::string_at(value, {"name"});
  const Json* expired = json::at(value, {"expired"});
  out.expired = expired == nullptr || !expired->is_boolean() || expired->get<bool>();
  out.created = json::string_at(value, {"created_at"});
  out.expires = json::string_at(value, {"expires_at"});
  out.digest = json::string_at(value, {"digest"});
  out.run_id = json::integer_at(value, {"workflow_run", "id"});
  out.repository_id = json::integer_at(value, {"workflow_run", "repository_id"});
  out.head_repository_id = json::integer_at(value, {"workflow_run", "head_repository_id"});
  out.head_branch = json::string_at(value, {"workflow_run", "head_branch"});
  out.head_sha = json::string_at(value, {"workflow_run", "head_sha"});
  return out;
}

}  // namespace

Result<std::vector<Artifact>> artifacts_named(Api& api, const std::string& name) {
  std::vector<Artifact> out;
  for (int attempt = 0; attempt <= k_attempts; ++attempt) {
    const std::string exact = attempt == 0 ? name : fmt::format("{}-{}", name, attempt);
    PW_TRY_ASSIGN(const net::HttpResponse response,
                  api.ask({.path = fmt::format("/actions/artifacts?name={}&per_page=100", net::encode_component(exact)),
                           .purpose = "list the artifacts",
                           .permission = std::string(k_read_actions)}));
    const auto value = json::parse(response.body);
    const Json* list = value ? json::at(*value, {"artifacts"}) : nullptr;
    if (list == nullptr || !list->is_array()) return github_error("cannot list the artifacts: the answer has no list");
    for (const Json& entry : *list)
      if (entry.is_object() && json::string_at(entry, {"name"}) == exact) out.push_back(artifact_of(entry));
  }
  return out;
}

Result<std::string> download_artifact(Api& api, const Artifact& artifact) {
  PW_TRY_ASSIGN(net::HttpResponse response, api.download({.path = fmt::format("/actions/artifacts/{}/zip", artifact.id),
                                                          .purpose = "download the artifact",
                                                          .permission = std::string(k_read_actions)}));
  const std::string digest = "sha256:" + sha256(response.body);
  if (!artifact.digest.empty() && text::lower(artifact.digest) != digest)
    return github_error(fmt::format("the artifact '{}' is not what its run kept: its digest is another",
                                    text::one_line(artifact.name)));
  return std::move(response.body);
}

}  // namespace perfwarden::github
