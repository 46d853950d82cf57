#include "github/artifacts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "json/parse.hpp"
#include "json/path.hpp"
#include "json/write.hpp"
#include "net/url.hpp"

namespace perfwarden::github {
namespace {

using Json = nlohmann::json;

constexpr std::string_view k_read_actions = "actions: read";

Error failure(std::string what) {
  return {.kind = ErrorKind::github, .what = std::move(what)};
}

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
  PW_TRY_ASSIGN(const net::HttpResponse response,
                api.ask({.path = fmt::format("/actions/artifacts?name={}&per_page=100", net::encode_component(name)),
                         .purpose = "list the artifacts",
                         .permission = std::string(k_read_actions)}));
  const auto value = json::parse(response.body);
  const Json* list = value ? json::at(*value, {"artifacts"}) : nullptr;
  if (list == nullptr || !list->is_array()) return failure("cannot list the artifacts: the answer has no list");
  std::vector<Artifact> out;
  for (const Json& entry : *list)
    if (entry.is_object() && json::string_at(entry, {"name"}) == name) out.push_back(artifact_of(entry));
  return out;
}

Result<WorkflowRun> workflow_run(Api& api, std::int64_t id) {
  PW_TRY_ASSIGN(const net::HttpResponse response, api.ask({.path = fmt::format("/actions/runs/{}", id),
                                                           .purpose = "read the run that kept the artifact",
                                                           .permission = std::string(k_read_actions)}));
  const auto value = json::parse(response.body);
  if (!value || json::integer_at(*value, {"id"}) != id)
    return failure("cannot read the run that kept the artifact: the answer is about something else");
  return WorkflowRun{json::string_at(*value, {"event"}),
                     json::string_at(*value, {"head_branch"}),
                     json::string_at(*value, {"head_sha"}),
                     json::string_at(*value, {"conclusion"}),
                     json::integer_at(*value, {"repository", "id"}),
                     json::integer_at(*value, {"head_repository", "id"})};
}

Result<std::string> download_artifact(Api& api, const Artifact& artifact) {
  PW_TRY_ASSIGN(net::HttpResponse response, api.download({.path = fmt::format("/actions/artifacts/{}/zip", artifact.id),
                                                          .purpose = "download the artifact",
                                                          .permission = std::string(k_read_actions)}));
  const std::string digest = "sha256:" + sha256(response.body);
  if (!artifact.digest.empty() && text::lower(artifact.digest) != digest)
    return failure(fmt::format("the artifact '{}' is not what its run kept: its digest is another",
                               text::one_line(artifact.name)));
  return std::move(response.body);
}

std::string why_not_trusted(const WorkflowRun& run, const std::string& branch, std::int64_t repository_id) {
  constexpr std::array<std::string_view, 3> k_events{"push", "schedule", "workflow_dispatch"};
  if (run.repository_id != repository_id || run.head_repository_id != repository_id)
    return "it is of another repository";
  if (std::find(k_events.begin(), k_events.end(), run.event) == k_events.end())
    return fmt::format("its event is {}", text::one_line(run.event));
  if (run.head_branch != branch) return fmt::format("it is of branch {}", text::one_line(run.head_branch));
  if (run.conclusion != "success") return "it did not succeed";
  return "";
}

}  // namespace perfwarden::github
