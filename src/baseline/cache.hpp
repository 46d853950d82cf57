#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/series.hpp"

namespace perfwarden::baseline {

// The baseline directory is what actions/cache restores and saves:
//   <directory>/index.json            {"schema": "perfwarden.baseline/1", "entries": [{commit,
//   branch, time, fingerprint, file, reason}]} <directory>/<sha>-<fingerprint>.json   a samples
//   file
// Written atomically; at most 50 entries, the oldest go. Samples are passed as text so that this
// folder needs no JSON of theirs.
struct Entry {
  std::string commit, branch, time, fingerprint, file;
  std::string reason;  // why a person or the workflow updated it
  friend bool operator==(const Entry&, const Entry&) = default;
};

[[nodiscard]] Result<std::vector<Entry>> entries(
    const std::string& directory);  // newest first; empty when there is no directory
// `reason` must not be blank.
[[nodiscard]] Status update(const std::string& directory, const Entry& entry, const std::string& samples_text);

struct Wanted {
  std::string commit;  // the merge base; preferred when present
  std::string branch;
  std::string fingerprint;  // of this machine
  bool any_machine = false;
  std::vector<std::string> ancestors;  // of head, nearest first, when known: only these may serve, never a descendant
};
struct Found {
  Entry entry;
  std::string samples_text;
  std::string note;  // "is 3 commits older than the merge base"; empty when exact
};
// nullopt when nothing usable is there; `why_not` then says what was seen ("2 entries, both of
// another machine: cpu …").
[[nodiscard]] Result<std::optional<Found>> find(const std::string& directory, const Wanted& wanted,
                                                std::string& why_not);

}  // namespace perfwarden::baseline
