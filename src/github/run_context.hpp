#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/run_context.hpp"
#include "os/environment.hpp"

namespace perfwarden::github {

// Reads GITHUB_* and the event's JSON (at most 32 MiB). A run outside GitHub gives an empty context.
// A broken event file is an Error (github) that says which field is missing or wrong; shas are
// checked to be hex.
//
// workflow_run is about the run that triggered it: head_sha, head_ref and head_repository are that
// run's, from_fork says whether it came from another repository, and pull_request stays 0 (the
// event's list is empty for forks; api.hpp's resolve_pull_request finds it). A comment on a pull request does not say
// what its head is, so head_sha is empty and from_fork true.
[[nodiscard]] Result<RunContext> run_context(const os::Environment& environment);

// From the event's text, for an environment whose GITHUB_EVENT_PATH was read before.
[[nodiscard]] Result<RunContext> run_context(const os::Environment& environment, std::string_view event_json,
                                             const std::string& event_file);

// The token that the user gave us: PERFWARDEN_TOKEN, else the input `token`, else GITHUB_TOKEN, else
// GH_TOKEN; empty when none.
[[nodiscard]] std::string token(const os::Environment& environment);

// 40 or 64 lower-case hex digits.
[[nodiscard]] bool is_sha(std::string_view text);

// "2026-11-29T04:05:06Z", the form of GitHub's times: two of them are in order as text.
[[nodiscard]] bool is_utc_second(std::string_view text);

}  // namespace perfwarden::github
