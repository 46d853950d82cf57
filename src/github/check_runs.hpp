#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "github/api.hpp"

namespace perfwarden::github {

// A note beside a line of a file.
struct CheckAnnotation {
  std::string path;  // from the repository's root
  int line = 1;
  std::string level;  // "notice", "warning", "failure"
  std::string title;  // cut at 255 characters
  std::string message;
};

// A CheckRun is a check of a commit, as the commit's page lists it.
struct CheckRun {
  std::string name;
  std::string head_sha;
  std::string conclusion;   // "success", "failure", "neutral", "cancelled"
  std::string title;        // one line
  std::string summary;      // Markdown; at most 65 535 characters
  std::string details_url;  // empty = none
  std::string external_id;  // ours: which run wrote it
  std::vector<CheckAnnotation> annotations;
};

// What GitHub takes at once, and in one text.
inline constexpr std::size_t k_annotations_at_once = 50;
inline constexpr std::size_t k_check_summary_characters = 65'535;

// Whether a token may be one of a GitHub App, GITHUB_TOKEN among them. Nobody else may write check runs; the others are
// known by how they begin.
[[nodiscard]] bool may_write_check_runs(const std::string& token);

// Creates a check run that is under way: of `run` the name, the commit, the title and the two addresses count.
[[nodiscard]] Result<std::int64_t> begin_check_run(Api& api, const CheckRun& run);

// Ends the one that is under way under this name and `external_id` with the run's conclusion; false: there is none.
[[nodiscard]] Result<bool> abandon_check_run(Api& api, const CheckRun& run);

// Finishes the one that is under way under this name and `external_id`, else creates one, and adds what is more than
// fifty annotations by further requests. A check run of this name that a run of another `external_id` wrote stays as
// GitHub's history; the latest counts. Returns its id.
[[nodiscard]] Result<std::int64_t> finish_check_run(Api& api, const CheckRun& run);

// A CommitStatus is the older and smaller form, which every token with `statuses: write` may set.
struct CommitStatus {
  std::string sha;
  std::string state;        // "success", "failure", "error", "pending"
  std::string context;      // its name
  std::string description;  // cut at 140 characters
  std::string target_url;   // empty = none
};
[[nodiscard]] Status set_commit_status(Api& api, const CommitStatus& status);

}  // namespace perfwarden::github
