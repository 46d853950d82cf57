#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/comparison.hpp"
#include "model/history.hpp"
#include "model/machine.hpp"
#include "model/profile_summary.hpp"
#include "store/sql.hpp"

namespace perfwarden::store {

struct RunRecord;
struct RunSummary;

// A series by its number in the database, which addresses of pages use.
struct NumberedSeries {
  std::int64_t number = 0;
  SeriesId id;
};

// A run, as far as all of its points share it.
struct BranchRun {
  std::int64_t id = 0;
  std::string commit, time, fingerprint;
};

// What one run measured of one series, for a chart.
struct SeriesPoint {
  std::int64_t run = 0;
  std::size_t n = 0;
  double median = k_nan, low = k_nan, high = k_nan;  // quartiles
  std::string unit;
  Better better = Better::unknown;
};

// What a run measured of one series. `id` is empty where the number says it all.
struct Statistics {
  std::int64_t number = 0;
  SeriesId id;
  Metric metric;
  std::size_t n = 0;
  double median = k_nan, q1 = k_nan, q3 = k_nan, cv = k_nan, p95 = k_nan, p99 = k_nan;
};

struct MachineSummary {
  Machine machine;
  std::size_t runs = 0;
  std::string first, last;  // times of its runs
};

// What one earlier run found when it compared a series, by the series' number.
struct NumberedComparison {
  std::int64_t number = 0;
  std::string commit, time;
  double ratio = k_nan;
  bool distinct = false;
};

// A profile by its number in the database, without its stacks.
struct NumberedProfile {
  std::int64_t number = 0;
  ProfileSummary profile;
  bool has_stacks = false;
};

// A profile by its number, and the run that recorded it.
struct ProfiledRun {
  std::int64_t number = 0, run = 0;
  std::string benchmark, commit, session;
  bool of_base = false;  // the run's role
};

struct HistoryCounts {
  std::size_t series = 0, runs = 0, machines = 0;
};

using Values = std::vector<std::vector<double>>;  // as Series::invocations

// A Browser reads what a person looks at, one page's worth at a time: no call reads more of the history than it
// returns. `branch` as Store says. Runs of the role base are found by their number and commit only.
class Browser {
 public:
  explicit Browser(Connection& connection) : connection_(&connection) {}

  // Differs when something was added to the history. The replacement of an earlier run by one of the same session is
  // not seen, unless it is the newest.
  [[nodiscard]] Result<std::string> stamp();
  [[nodiscard]] Result<HistoryCounts> counts();

  [[nodiscard]] Result<std::vector<NumberedSeries>> series();  // sorted by id
  [[nodiscard]] Result<std::optional<SeriesId>> series_of(std::int64_t number);
  // All runs of the branch, oldest first.
  [[nodiscard]] Result<std::vector<BranchRun>> timeline(const std::string& branch);
  // All points of the series, of every branch, machine and unit, in no order; runs of the role base are among them.
  [[nodiscard]] Result<std::vector<SeriesPoint>> points(std::int64_t number);
  // The raw values of a series in these runs, as far as they are still kept, by the number of the run.
  [[nodiscard]] Result<std::map<std::int64_t, Values>> raw(std::int64_t number, std::span<const std::int64_t> runs);

  [[nodiscard]] Result<std::vector<RunSummary>> runs(const std::string& branch, std::size_t offset, std::size_t most);
  [[nodiscard]] Result<std::size_t> count_runs(const std::string& branch);
  [[nodiscard]] Result<std::optional<RunSummary>> run(std::int64_t id);
  // Its newest run, of any role. Errors as Store::samples_of.
  [[nodiscard]] Result<std::optional<RunSummary>> run_of_commit(const std::string& prefix);
  // The newest run that compared head with that base.
  [[nodiscard]] Result<std::optional<std::int64_t>> run_that_compared(const std::string& base, const std::string& head);
  // Without what it measured and compared. Error (store) when it is not there.
  [[nodiscard]] Result<RunRecord> record(std::int64_t run);
  [[nodiscard]] Result<std::vector<std::int64_t>> series_in(std::int64_t run);  // their numbers
  // Of these series, sorted by id; `series` empty = of all.
  [[nodiscard]] Result<std::vector<Statistics>> statistics(std::int64_t run, std::span<const std::int64_t> series);
  // Medians only, with the numbers of the series but not their ids.
  [[nodiscard]] Result<std::vector<Statistics>> medians(std::int64_t run, std::span<const std::int64_t> series);
  [[nodiscard]] Result<std::vector<Comparison>> comparisons(std::int64_t run);
  // Of these series in the newest `most` runs that compared anything; oldest first.
  [[nodiscard]] Result<std::vector<NumberedComparison>> past(std::span<const std::int64_t> series, std::size_t most);
  [[nodiscard]] Result<Samples> samples(std::int64_t run);

  [[nodiscard]] Result<std::vector<NumberedProfile>> profiles_in(std::int64_t run);  // by benchmark and type
  // By their numbers; those that are not there are missing.
  [[nodiscard]] Result<std::map<std::int64_t, NumberedProfile>> profiles(std::span<const std::int64_t> numbers);
  [[nodiscard]] Result<std::string> stacks(std::int64_t profile);  // "": it has none
  // Of that benchmark, of one of its cases, and of the whole suite; in the order in which the runs began.
  [[nodiscard]] Result<std::vector<ProfiledRun>> profiles_of(const std::string& suite, const std::string& benchmark);

  [[nodiscard]] Result<std::vector<MachineSummary>> machines();  // that measured most recently first
  [[nodiscard]] Result<std::vector<BranchRun>> runs_on(const std::string& fingerprint,
                                                       std::size_t most);  // of all branches, newest first

 private:
  Connection* connection_;
};

// The whole hash of a commit of the history; "" when no run has such a commit. Error (usage) when fewer than 4 hex
// digits are given, or they name several commits.
[[nodiscard]] Result<std::string> whole_commit(Connection& connection, const std::string& prefix);

// The columns that point_in reads, one after the other from `first` on.
inline constexpr std::string_view k_point_columns = "run_id, n, median, q1, q3, unit, better";
[[nodiscard]] SeriesPoint point_in(const Statement& row, int first);

// In WHERE of a statement on runs, whose $1 is the branch.
extern const std::string_view k_of_branch;

}  // namespace perfwarden::store
