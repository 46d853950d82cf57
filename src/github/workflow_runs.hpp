#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "github/api.hpp"

namespace perfwarden::github {

// A WorkflowRun is one run of a workflow, as GitHub knows it.
struct WorkflowRun {
  std::int64_t id = 0;
  std::string event, head_branch, head_sha;
  std::string status;      // "completed", "in_progress", "queued", …
  std::string conclusion;  // "success", "failure", "cancelled", …; empty until it has completed
  std::string file;        // ".github/workflows/perfwarden.yml"
  std::int64_t repository_id = 0, head_repository_id = 0;
};

[[nodiscard]] Result<WorkflowRun> workflow_run(Api& api, std::int64_t id);
// The newest hundred of a workflow about one commit, newest first. `file_name`: "perfwarden.yml".
[[nodiscard]] Result<std::vector<WorkflowRun>> runs_of(Api& api, const std::string& file_name,
                                                       const std::string& head_sha);
// Runs the jobs of a completed run that did not succeed, and those that need them, once more.
[[nodiscard]] Status rerun_failed_jobs(Api& api, std::int64_t id);

// Why a run must not give a baseline; empty when it may. Its branch's name does not say whose it is: a fork can call
// any branch main.
[[nodiscard]] std::string why_not_trusted(const WorkflowRun& run, const std::string& branch,
                                          std::int64_t repository_id);

}  // namespace perfwarden::github
