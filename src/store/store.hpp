#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/alert.hpp"
#include "model/analysis.hpp"
#include "model/history.hpp"
#include "model/profile_summary.hpp"
#include "model/report.hpp"
#include "model/series.hpp"
#include "os/patience.hpp"
#include "store/browse.hpp"

namespace perfwarden::store {

// Base: the side that a run of `check` compared head with. It is found by its commit, but is not part of a branch's
// history, where it would be a second run of a commit that has one.
enum class RunRole { head, base };

// A RunRecord is one run as kept in the history: its samples (raw), and what was concluded.
struct RunRecord {
  RunInfo run;
  RunRole role = RunRole::head;
  std::string identity = {};  // of a record that was read; empty: follows from the rest
  std::string base_commit;
  std::string event;  // "pull_request", "push", …; empty outside CI
  std::int64_t pull_request = 0;
  std::string conclusion;               // name_of(Conclusion); empty when nothing was judged
  Samples head;                         // raw measurements
  std::vector<Comparison> comparisons;  // statistics; may be empty
  std::vector<Finding> findings;
  std::vector<std::string> parents;      // of the commit; empty: none, or not known
  std::optional<Rating> rating;          // of the run's analysis
  std::vector<ProfileSummary> profiles;  // of this side
};

struct RunSummary {
  std::int64_t id = 0;
  std::string commit, branch, time, fingerprint, config_hash, conclusion;
  std::size_t series = 0, findings = 0;
  std::int64_t pull_request = 0;
  std::string digest = {};  // differs when a run of the same session replaced it
  friend bool operator==(const RunSummary&, const RunSummary&) = default;
};

// Kinds of events.
inline constexpr const char* k_accepted = "accepted";  // of a run: its broken soft limits
inline constexpr const char* k_bumped = "bumped";      // of a commit: series begin anew with it

// What a person did about a run, or said about the history. Hostile text.
struct Event {
  std::string time;  // RFC 3339, UTC: when we saw it
  std::string kind;
  std::string commit;  // that was judged; from which on it holds
  std::int64_t pull_request = 0;
  std::string who;      // login
  std::string subject;  // glob of the series that it is about; empty = all
  std::string reason;
  friend bool operator==(const Event&, const Event&) = default;
};

// Which points are wanted.
struct HistoryQuery {
  std::function<bool(const SeriesId&)> series = {};  // of which series; empty = all
  std::string branch = {};                           // as Store says
  std::string fingerprint = {};                      // of the machine; "" = any
  std::size_t most = static_cast<std::size_t>(-1);   // points a series, the newest ones
  SeriesKind kind = SeriesKind::measured;
};

// What one run found when it compared a series; ratio as in Comparison.
struct PastComparison {
  SeriesId id;
  Better better = Better::lower;
  std::string commit, time;
  double ratio = k_nan;
  Significance significance = Significance::undecidable;
};

// What is kept: raw values of runs since `raw_since`, the runs with their statistics since `runs_since` (RFC 3339), and
// everything of `kept_commits`. The commits of alerts are always kept.
struct Retention {
  std::string raw_since, runs_since;
  std::vector<std::string> kept_commits;
};
struct Pruned {
  std::size_t raw_runs = 0, runs = 0;  // runs that lost their raw values; that are gone
};

// A Store keeps the history. It queries all series at once: the number of statements does not grow with the number of
// series that are read.
// `branch` means a branch's own runs. Runs of pull requests are not part of it, since a fork may call its branch
// "main"; their branch is "pull/N". "" means all runs.
class Store {
 public:
  virtual ~Store() = default;
  // Saves all or nothing; returns the ids of the runs. A run that is known already (same session and commit; without a
  // session, same content) is replaced and keeps its id. If a run holds a series twice, the first is kept.
  [[nodiscard]] virtual Result<std::vector<std::int64_t>> save(std::span<const RunRecord> records) = 0;
  [[nodiscard]] Result<std::int64_t> save(const RunRecord& record);
  // Appends; an event that differs from a known one by its time only is known already.
  [[nodiscard]] virtual Status add_event(const Event& event) = 0;
  [[nodiscard]] virtual Result<std::vector<Event>> events(std::size_t most) = 0;  // newest first
  // All or none; returns how many were not known yet (by time, environment and commit).
  [[nodiscard]] virtual Result<std::size_t> add_deployments(std::span<const Deployment> deployments) = 0;
  [[nodiscard]] virtual Result<std::vector<Deployment>> deployments() = 0;  // oldest first
  // What the branch's newest runs said about every series that one of them found a limit of broken; at most `most_runs`
  // runs, oldest first.
  [[nodiscard]] virtual Result<std::vector<SeriesWords>> words(const std::string& branch, std::size_t most_runs) = 0;
  [[nodiscard]] virtual Result<std::vector<RunSummary>> runs(const std::string& branch,
                                                             std::size_t most) = 0;  // newest first
  [[nodiscard]] virtual Result<std::vector<SeriesId>> series() = 0;                  // sorted
  // Sorted by id; series without such points are not listed.
  [[nodiscard]] virtual Result<std::vector<SeriesHistory>> history(const HistoryQuery& query) = 0;
  // How long one invocation of each case took, by the branch's newest run that recorded times; else empty.
  [[nodiscard]] virtual Result<std::vector<UnitTime>> times(const std::string& branch) = 0;
  // The raw samples of the newest run of that commit; nullopt when it is not known. Error (usage) when fewer than 4 hex
  // digits are given, or they name several commits.
  [[nodiscard]] virtual Result<std::optional<Samples>> samples_of(const std::string& commit_prefix) = 0;
  // Of runs since then (RFC 3339), of all branches and pull requests; sorted by series, oldest first.
  [[nodiscard]] virtual Result<std::vector<PastComparison>> comparisons_since(const std::string& time) = 0;
  // The commits of the branch's runs, in the order in which they were first measured.
  [[nodiscard]] virtual Result<std::vector<std::string>> commits(const std::string& branch) = 0;
  // The hash of the config of each commit's newest run on the branch.
  [[nodiscard]] virtual Result<std::map<std::string, std::string>> configs(const std::string& branch) = 0;

  [[nodiscard]] virtual Result<std::vector<Alert>> alerts() = 0;  // in the order in which they were found
  // Adds the alerts that are not known yet (by fingerprint), and of all of them the events whose version is not there;
  // nothing is ever changed. Returns how many events that were: fewer than meant when somebody else was faster.
  [[nodiscard]] virtual Result<std::size_t> save_alerts(std::span<const Alert> alerts) = 0;

  // For copies of a whole history. The ids of all runs, oldest first; and one of them, as it was saved. nullopt when
  // its raw values are no longer kept.
  [[nodiscard]] virtual Result<std::vector<std::int64_t>> run_ids() = 0;
  [[nodiscard]] virtual Result<std::optional<RunRecord>> record(std::int64_t run) = 0;
  [[nodiscard]] virtual Result<Pruned> prune(const Retention& retention) = 0;
  // For pages that people look at; lives as long as the store.
  [[nodiscard]] virtual Browser& browser() = 0;
};

// What people said about epochs, by `history bump` or of an alert.
[[nodiscard]] Result<std::vector<Bump>> bumps_of(Store& store);

// True when there is a history already; opening creates one. An address is the value of `history:`, such as
// "sqlite:PATH". Error (config) when no driver reads it.
[[nodiscard]] Result<bool> exists(const std::string& address);
// What a history is opened for. Reading changes nothing, also where nothing may be changed: a missing history is an
// Error, and one with an older schema is migrated in memory.
enum class Access { read, write };
// Opens the history and looks whether it is damaged. To write, creates or migrates it where needed. Error (store),
// which names the database and the cure, also for a newer schema. `patience` is for other processes that write.
[[nodiscard]] Result<std::unique_ptr<Store>> open(const std::string& address, Access access,
                                                  const os::Patience& patience = {});
// As open, but what is damaged is found only where it is read: looking takes seconds for a large history, and a server
// opens it once for each of its threads.
[[nodiscard]] Result<std::unique_ptr<Store>> open_at_once(const std::string& address, Access access,
                                                          const os::Patience& patience = {});

}  // namespace perfwarden::store
