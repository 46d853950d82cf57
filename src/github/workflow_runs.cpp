#include "github/workflow_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "json/parse.hpp"
#include "json/path.hpp"
#include "net/url.hpp"

namespace perfwarden::github {
namespace {

using Json = nlohmann::json;

WorkflowRun run_of(const Json& value) {
  WorkflowRun out;
  out.id = json::integer_at(value, {"id"});
  out.event = json::string_at(value, {"event"});
  out.head_branch = json::string_at(value, {"head_branch"});
  out.head_sha = json::string_at(value, {"head_sha"});
  out.status = json::string_at(value, {"status"});
  out.conclusion = json::string_at(value, {"conclusion"});
  const std::string path = json::string_at(value, {"path"});
  out.file = path.substr(0, path.find('@'));  // GitHub may add the branch
  out.repository_id = json::integer_at(value, {"repository", "id"});
  out.head_repository_id = json::integer_at(value, {"head_repository", "id"});
  return out;
}

}  // namespace

Result<WorkflowRun> workflow_run(Api& api, std::int64_t id) {
  PW_TRY_ASSIGN(const net::HttpResponse response, api.ask({.path = fmt::format("/actions/runs/{}", id),
                                                           .purpose = "read the run that kept the artifact",
                                                           .permission = "actions: read"}));
  const auto value = json::parse(response.body);
  if (!value || json::integer_at(*value, {"id"}) != id)
    return github_error("cannot read the run that kept the artifact: the answer is about something else");
  return run_of(*value);
}

Result<std::vector<WorkflowRun>> runs_of(Api& api, const std::string& file_name, const std::string& head_sha) {
  PW_TRY_ASSIGN(const net::HttpResponse response,
                api.ask({.path = fmt::format("/actions/workflows/{}/runs?head_sha={}&per_page=100",
                                             net::encode_component(file_name), head_sha),
                         .purpose = fmt::format("list the runs of {}", text::one_line(file_name)),
                         .permission = "actions: read"}));
  const auto value = json::parse(response.body);
  const Json* list = value ? json::at(*value, {"workflow_runs"}) : nullptr;
  if (list == nullptr || !list->is_array()) return github_error("cannot list the runs: the answer has no list");
  std::vector<WorkflowRun> out;
  for (const Json& entry : *list)
    if (entry.is_object() && json::string_at(entry, {"head_sha"}) == head_sha) out.push_back(run_of(entry));
  std::stable_sort(out.begin(), out.end(), [](const WorkflowRun& a, const WorkflowRun& b) { return a.id > b.id; });
  return out;
}

Status rerun_failed_jobs(Api& api, std::int64_t id) {
  PW_TRY(api.ask({.method = "POST",
                  .path = fmt::format("/actions/runs/{}/rerun-failed-jobs", id),
                  .repeat = net::Repeat::unsafe,
                  .purpose = "run the failed jobs again",
                  .permission = "actions: write"}));
  return Nothing{};
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
