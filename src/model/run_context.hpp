#pragma once

#include <cstdint>
#include <string>

namespace perfwarden {

// A RunContext is what the CI provides, read once by github::run_context; a run outside CI leaves
// all of it empty. Branch names, titles and logins are hostile text.
struct RunContext {
  bool in_github = false;
  std::string event;       // "pull_request", "push", "merge_group", "schedule", "workflow_dispatch", …
  std::string repository;  // "owner/name"
  std::int64_t repository_id = 0;
  std::int64_t pull_request = 0;  // 0: none; merge_group: the one that the queue tries, whose head is another commit
  bool from_fork = false;         // the pull request's head repository is another one, or is gone
  // The event is about a pull request, also where it does not say which one (workflow_run).
  bool of_pull_request = false;
  std::string head_repository;  // "owner/name" of the pull request's (or workflow_run's) head; empty when gone
  std::string head_sha;         // the pull request's head, or GITHUB_SHA; empty for a comment on a pull request
  // The commit that the event names as base. Pull request: its base's tip in the event, which may be older than what
  // was merged into; merge_group: base_sha; push: before, empty when all zeros; workflow_run, and a comment on a pull
  // request: GITHUB_SHA, the default branch's tip.
  std::string base_sha;
  std::string base_ref;        // branch name
  std::string head_ref;        // branch name
  std::string default_branch;  // of the repository; empty when the event does not say
  // A moment at which head_sha was the pull request's head, by GitHub's clock (RFC 3339, UTC); empty when not known.
  std::string head_since;
  std::string label_added;    // the label that this very event added to the pull request; else empty
  std::string action;         // what happened: "opened", "labeled", "created", …; empty when the event does not say
  std::int64_t comment = 0;   // of a comment on a pull request: its number
  std::string workflow_file;  // ".github/workflows/perfwarden.yml"; empty when not known
  std::string actor;
  std::string run_id, run_attempt, workflow, job;
  // What tells apart the jobs of one workflow that GitHub calls by one name: the input `name`, else the values of the
  // matrix ("gcc-12, ubuntu-24.04"); empty when neither is given.
  std::string leg;
  std::string server_url = "https://github.com";
  std::string api_url = "https://api.github.com";
  std::string workspace;
  std::string output_file,
      summary_file;  // GITHUB_OUTPUT, GITHUB_STEP_SUMMARY; empty outside GitHub

  [[nodiscard]] bool is_pull_request() const { return pull_request != 0; }
  [[nodiscard]] std::string run_url() const;  // empty outside GitHub
};

}  // namespace perfwarden
