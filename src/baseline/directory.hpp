#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/machine.hpp"
#include "os/patience.hpp"

namespace perfwarden::baseline {

// The baseline directory is what actions/cache restores and saves:
//   <directory>/index.json                  {"schema": "perfwarden.baseline/1",
//                                            "entries": [{commit, branch, time, fingerprint, file, reason}]}
//   <directory>/<sha>-<fingerprint>.json    a samples file
//   <directory>/<sha>-<fingerprint>.profiles.json   profiles of the same run, where it kept any (perfwarden.profiles/1)
// Written atomically; at most 50 entries, the oldest are removed. Samples and profiles are passed as text, so that this
// folder need not parse them; only the machine's facts are read, to say what differs. The directory is read as hostile:
// anybody may have written a cache.
struct Entry {
  std::string commit, branch, time, fingerprint, file;
  std::string reason;  // why a person or the workflow updated it; hostile text, as branch is
  friend bool operator==(const Entry&, const Entry&) = default;
};

[[nodiscard]] Result<std::vector<Entry>> entries(
    const std::string& directory);  // newest first; empty when there is no directory
// The name of the file of an entry's profiles; not every entry has one.
[[nodiscard]] std::string profiles_file(const Entry& entry);
// Records the samples, and the profiles of the same run (empty = none), replacing those of the same commit and machine.
// `file` is chosen here. Error (usage) when the reason is blank or the commit is not a full sha.
// `patience`: for another run that changes the folder.
[[nodiscard]] Status update(const std::string& directory, const Entry& entry, const std::string& samples_text,
                            const std::string& profiles_text = "", const os::Patience& patience = {});

struct Wanted {
  std::string commit;  // the merge base; preferred when present
  std::string branch;
  std::string fingerprint;  // of this machine
  Machine machine;          // its facts, to say what differs; may be empty
  bool any_machine = false;
  // Head's ancestors, nearest first. Apart from `commit` only these may serve, and only those that are not nearer to
  // head than `commit`, so never its descendants. Empty: not known, so only `commit` itself may serve.
  std::vector<std::string> ancestors;
};
struct Found {
  Entry entry;
  std::string samples_text;
  std::string
      note;  // "is 3 commits older than 9be01d4c52", "was measured on another machine (cpu: …)"; empty when exact
};
// nullopt when there is no usable entry; `why_not` then says what was seen ("2 entries, both of
// another machine: cpu …").
[[nodiscard]] Result<std::optional<Found>> find(const std::string& directory, const Wanted& wanted,
                                                std::string& why_not);

}  // namespace perfwarden::baseline
