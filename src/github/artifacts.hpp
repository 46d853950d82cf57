#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "github/api.hpp"

namespace perfwarden::github {

// An Artifact is a file that a workflow run kept. Its content is hostile: any branch, and any fork, can upload under
// any name.
struct Artifact {
  std::int64_t id = 0;
  std::string name;
  bool expired = false;
  std::string created, expires;  // RFC 3339, UTC
  std::string digest;            // "sha256:…" of the zip; empty where the server has none (before v4)
  std::int64_t run_id = 0;
  std::int64_t repository_id = 0, head_repository_id = 0;
  std::string head_branch, head_sha;
};

// A WorkflowRun is the run that kept it, as GitHub knows it.
struct WorkflowRun {
  std::string event, head_branch, head_sha, conclusion;
  std::int64_t repository_id = 0, head_repository_id = 0;
};

// The newest hundred of exactly that name, newest first.
[[nodiscard]] Result<std::vector<Artifact>> artifacts_named(Api& api, const std::string& name);
[[nodiscard]] Result<WorkflowRun> workflow_run(Api& api, std::int64_t id);
// The zip, whose digest is checked where there is one. Error (github) when it is another.
[[nodiscard]] Result<std::string> download_artifact(Api& api, const Artifact& artifact);

// Why a run must not give a baseline; empty when it may. Its branch's name does not say whose it is: a fork can call
// any branch main.
[[nodiscard]] std::string why_not_trusted(const WorkflowRun& run, const std::string& branch,
                                          std::int64_t repository_id);

}  // namespace perfwarden::github
