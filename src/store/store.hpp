#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/history.hpp"
#include "model/report.hpp"
#include "model/series.hpp"

namespace perfwarden::store {

// A RunRecord is one run as kept in the history: its samples (raw), and what was concluded.
struct RunRecord {
  RunInfo run;
  std::string base_commit;
  std::string event;  // "pull_request", "push", …; empty outside CI
  std::int64_t pull_request = 0;
  std::string conclusion;               // name_of(Conclusion); empty when nothing was judged
  Samples head;                         // raw measurements
  std::vector<Comparison> comparisons;  // statistics; may be empty
  std::vector<Finding> alerts;
};

struct RunSummary {
  std::int64_t id = 0;
  std::string commit, branch, time, fingerprint, config_hash, conclusion;
  std::size_t series = 0, alerts = 0;
  std::int64_t pull_request = 0;
};

// A Store keeps history. One implementation a database; all SQL text is in this folder.
// `branch` means a branch's own runs: those of pull requests are left out, since a fork may call its branch "main", and
// are asked for as "pull/N"; "" is all runs.
class Store {
 public:
  virtual ~Store() = default;
  // All or nothing. The same run (session and commit; without a session, the same content) keeps its id and is
  // replaced.
  [[nodiscard]] virtual Result<std::int64_t> save(const RunRecord& record) = 0;
  [[nodiscard]] virtual Result<std::vector<RunSummary>> runs(const std::string& branch,
                                                             std::size_t most) = 0;  // newest first
  [[nodiscard]] virtual Result<std::vector<HistoryPoint>> history(const SeriesId& id, const std::string& branch,
                                                                  const std::string& fingerprint,
                                                                  std::size_t most) = 0;  // oldest first
  // `fingerprint` "" above = any machine.
  [[nodiscard]] virtual Result<std::vector<SeriesId>> series(const std::string& branch) = 0;  // names on record, sorted
  // The raw samples of the newest run of that commit; nullopt when it is not known. Error (usage) when fewer than 4 hex
  // digits are given, or they name several commits.
  [[nodiscard]] virtual Result<std::optional<Samples>> samples_of(const std::string& commit_prefix) = 0;
};

// True when there is a history under that address already; opening it would make one.
[[nodiscard]] bool exists(const std::string& url);
// Opens "sqlite:PATH" (makes it, migrates it). Error (store) names the file and the cure; a
// database of a newer schema is refused.
[[nodiscard]] Result<std::unique_ptr<Store>> open(const std::string& url);

}  // namespace perfwarden::store
