#include "app/pipe/earlier_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/cli/messages.hpp"
#include "app/cli/version.hpp"
#include "base/text.hpp"
#include "github/artifacts.hpp"
#include "github/run_context.hpp"
#include "github/workflow_runs.hpp"
#include "github/zip.hpp"
#include "net/bounded_client.hpp"
#include "report/renderer.hpp"

namespace perfwarden::app {
namespace {

constexpr double k_report_fetching_s = 120;
constexpr std::size_t k_most_reports = 3;
constexpr std::size_t k_largest_report = std::size_t{256} << 20;
constexpr const char* k_report_entry = "report.json";

Result<std::vector<github::Artifact>> of_this_commit(github::Api& api, const RunContext& context,
                                                     const std::string& name) {
  PW_TRY_ASSIGN(std::vector<github::Artifact> all, github::artifacts_named(api, name));
  std::erase_if(all, [&](const github::Artifact& one) {
    return one.expired || one.head_sha != context.head_sha || one.repository_id != context.repository_id;
  });
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.created > b.created; });
  return all;
}

// Any branch can upload any artifact under any name, so the run that did decides.
Result<Report> report_in(github::Api& api, const RunContext& context, const github::Artifact& artifact) {
  const auto refuse = [&](std::string_view why) {
    return Error{.kind = ErrorKind::github,
                 .what = fmt::format("the artifact of run {} is not used: {}", artifact.run_id, why)};
  };
  PW_TRY_ASSIGN(const github::WorkflowRun run, github::workflow_run(api, artifact.run_id));
  if (run.repository_id != context.repository_id || run.head_sha != context.head_sha)
    return refuse("its run is about another commit");
  if (!run.event.starts_with("pull_request")) return refuse("its run was not about a pull request");
  if (context.workflow_file.empty() || run.file != context.workflow_file) return refuse("it is of another workflow");
  PW_TRY_ASSIGN(const std::string zip, github::download_artifact(api, artifact));
  PW_TRY_ASSIGN(const std::string text, github::read_zip_entry(zip, k_report_entry, k_largest_report));
  PW_TRY_ASSIGN(Report report, report::read_json(text, k_report_entry));
  if (report.context.pull_request != context.pull_request || report.context.head_sha != context.head_sha)
    return refuse("its report is about another commit");
  return report;
}

}  // namespace

std::optional<Report> earlier_report(World& world, const RunContext& context, const std::string& artifact) {
  net::BoundedClient http(
      world.http, [&] { return world.clock.monotonic_s(); }, k_report_fetching_s);
  github::Api api(
      http, world.clock,
      {context.api_url, context.repository, github::token(world.environment), "perfwarden/" + std::string(version())});
  const Result<std::vector<github::Artifact>> found = of_this_commit(api, context, artifact);
  if (!found) {
    warn(world, found.error().text());
    return std::nullopt;
  }
  for (std::size_t i = 0; i < std::min(found->size(), k_most_reports); ++i) {
    Result<Report> report = report_in(api, context, (*found)[i]);
    if (report) return *std::move(report);
    warn(world, report.error().text());
  }
  if (found->empty())
    note(world, fmt::format("no artifact '{}' of an earlier run is about {}", text::one_line(artifact),
                            context.head_sha.substr(0, 10)));
  return std::nullopt;
}

}  // namespace perfwarden::app
