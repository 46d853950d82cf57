#include "store/browse.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <utility>

#include "base/text.hpp"
#include "store/encode.hpp"
#include "store/load.hpp"
#include "store/store.hpp"

namespace perfwarden::store {

// A pull request's runs are asked for as "pull/N" only: a fork may call its branch "main".
const std::string_view k_of_branch =
    "role = 'head' AND ($1 = '' OR (pull_request = 0 AND branch = $1) OR "
    "(pull_request <> 0 AND 'pull/' || CAST(pull_request AS TEXT) = $1))";

namespace {

constexpr std::string_view k_summary =
    "SELECT runs.id, commit_sha, branch, time, fingerprint, config_hash, conclusion, "
    "series_count, (SELECT count(*) FROM findings WHERE run_id = runs.id), pull_request, digest "
    "FROM runs JOIN machines ON machines.id = machine_id ";

RunSummary summary_in(const Statement& row) {
  return {.id = row.integer(0),
          .commit = row.text(1),
          .branch = row.text(2),
          .time = row.text(3),
          .fingerprint = row.text(4),
          .config_hash = row.text(5),
          .conclusion = row.text(6),
          .series = static_cast<std::size_t>(row.integer(7)),
          .findings = static_cast<std::size_t>(row.integer(8)),
          .pull_request = row.integer(9),
          .digest = row.text(10)};
}

BranchRun branch_run_in(const Statement& row) {
  return {.id = row.integer(0), .commit = row.text(1), .time = row.text(2), .fingerprint = row.text(3)};
}

Result<std::size_t> count(Connection& connection, const std::string& sql) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> query, connection.prepare(sql));
  PW_TRY_ASSIGN(const std::int64_t number, query->run_for_integer());
  return static_cast<std::size_t>(number);
}

// " AND column IN (1, 2)"; "" for none.
std::string among(std::string_view column, std::span<const std::int64_t> numbers) {
  return numbers.empty() ? "" : fmt::format(" AND {} IN ({})", column, fmt::join(numbers, ", "));
}

}  // namespace

Result<std::string> Browser::stamp() {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> query,
                connection_->prepare("SELECT COALESCE((SELECT MAX(id) FROM runs), 0), "
                                     "COALESCE((SELECT MAX(id) FROM change_alerts), 0), "
                                     "(SELECT count(*) FROM alert_events), COALESCE((SELECT MAX(id) FROM events), 0), "
                                     "COALESCE((SELECT digest || conclusion FROM runs ORDER BY id DESC LIMIT 1), '')"));
  PW_TRY(query->step());
  return fmt::format("{}.{}.{}.{}.{}", query->integer(0), query->integer(1), query->integer(2), query->integer(3),
                     query->text(4));
}

Result<HistoryCounts> Browser::counts() {
  HistoryCounts out;
  PW_TRY_ASSIGN(out.series, count(*connection_, "SELECT count(*) FROM series"));
  PW_TRY_ASSIGN(out.runs, count(*connection_, "SELECT count(*) FROM runs WHERE role = 'head'"));
  PW_TRY_ASSIGN(out.machines, count(*connection_, "SELECT count(DISTINCT fingerprint) FROM machines"));
  return out;
}

Result<std::vector<NumberedSeries>> Browser::series() {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection_->prepare("SELECT id, suite, benchmark, metric FROM series"));
  std::vector<NumberedSeries> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) break;
    out.push_back({rows->integer(0), {rows->text(1), rows->text(2), rows->text(3)}});
  }
  std::sort(out.begin(), out.end(), [](const NumberedSeries& a, const NumberedSeries& b) { return a.id < b.id; });
  return out;
}

Result<std::optional<SeriesId>> Browser::series_of(std::int64_t number) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> query,
                connection_->prepare("SELECT suite, benchmark, metric FROM series WHERE id = $1"));
  PW_TRY_ASSIGN(const bool found, query->bind(number).step());
  if (!found) return std::optional<SeriesId>();
  return std::optional<SeriesId>({query->text(0), query->text(1), query->text(2)});
}

Result<std::vector<BranchRun>> Browser::timeline(const std::string& branch) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection_->prepare(fmt::format("SELECT runs.id, commit_sha, time, fingerprint FROM runs "
                                                 "JOIN machines ON machines.id = machine_id WHERE {} "
                                                 "ORDER BY time, runs.id",
                                                 k_of_branch)));
  rows->bind(branch);
  std::vector<BranchRun> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) return out;
    out.push_back(branch_run_in(*rows));
  }
}

SeriesPoint point_in(const Statement& row, int first) {
  return {.run = row.integer(first),
          .n = static_cast<std::size_t>(row.integer(first + 1)),
          .median = row.real(first + 2),
          .low = row.real(first + 3),
          .high = row.real(first + 4),
          .unit = row.text(first + 5),
          .better = from_name<Better>(row.text(first + 6)).value_or(Better::unknown)};
}

// Not joined to the runs, which would be looked up once for every point: the timeline of a branch is read once for all
// series.
Result<std::vector<SeriesPoint>> Browser::points(std::int64_t number) {
  PW_TRY_ASSIGN(
      const std::unique_ptr<Statement> rows,
      connection_->prepare(fmt::format("SELECT {} FROM samples WHERE series_id = $1 AND n > 0", k_point_columns)));
  rows->bind(number);
  std::vector<SeriesPoint> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) return out;
    out.push_back(point_in(*rows, 0));
  }
}

Result<std::map<std::int64_t, Values>> Browser::raw(std::int64_t number, std::span<const std::int64_t> runs) {
  std::map<std::int64_t, Values> out;
  if (runs.empty()) return out;
  PW_TRY_ASSIGN(
      const std::unique_ptr<Statement> rows,
      connection_->prepare("SELECT run_id, invocations FROM raw WHERE series_id = $1" + among("run_id", runs)));
  rows->bind(number);
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) return out;
    if (auto values = decode_numbers(rows->text(1))) out.emplace(rows->integer(0), *std::move(values));
  }
}

Result<std::vector<RunSummary>> Browser::runs(const std::string& branch, std::size_t offset, std::size_t most) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection_->prepare(fmt::format("{}WHERE {} ORDER BY time DESC, runs.id DESC LIMIT $2 OFFSET $3",
                                                 k_summary, k_of_branch)));
  rows->bind(branch).bind(most).bind(offset);
  std::vector<RunSummary> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) return out;
    out.push_back(summary_in(*rows));
  }
}

Result<std::size_t> Browser::count_runs(const std::string& branch) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> query,
                connection_->prepare(fmt::format("SELECT count(*) FROM runs WHERE {}", k_of_branch)));
  PW_TRY_ASSIGN(const std::int64_t number, query->bind(branch).run_for_integer());
  return static_cast<std::size_t>(number);
}

Result<std::optional<RunSummary>> Browser::run(std::int64_t id) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> query,
                connection_->prepare(std::string(k_summary) + "WHERE runs.id = $1"));
  PW_TRY_ASSIGN(const bool found, query->bind(id).step());
  return found ? std::optional(summary_in(*query)) : std::nullopt;
}

Result<std::optional<RunSummary>> Browser::run_of_commit(const std::string& prefix) {
  PW_TRY_ASSIGN(const std::string commit, whole_commit(*connection_, prefix));
  if (commit.empty()) return std::optional<RunSummary>();
  PW_TRY_ASSIGN(
      const std::unique_ptr<Statement> query,
      connection_->prepare(std::string(k_summary) + "WHERE commit_sha = $1 ORDER BY time DESC, runs.id DESC LIMIT 1"));
  PW_TRY_ASSIGN(const bool found, query->bind(commit).step());
  return found ? std::optional(summary_in(*query)) : std::nullopt;
}

Result<std::optional<std::int64_t>> Browser::run_that_compared(const std::string& base, const std::string& head) {
  PW_TRY_ASSIGN(
      const std::unique_ptr<Statement> query,
      connection_->prepare("SELECT id FROM runs WHERE commit_sha = $2 AND base_commit = $1 AND role = 'head' AND "
                           "EXISTS (SELECT 1 FROM comparisons WHERE run_id = runs.id) "
                           "ORDER BY time DESC, id DESC LIMIT 1"));
  PW_TRY_ASSIGN(const bool found, query->bind(base).bind(head).step());
  return found ? std::optional(query->integer(0)) : std::nullopt;
}

Result<RunRecord> Browser::record(std::int64_t run) {
  PW_TRY_ASSIGN(RunRecord out, load_run(*connection_, run));
  PW_TRY(load_findings(*connection_, run, out.findings));
  return out;
}

Result<std::vector<std::int64_t>> Browser::series_in(std::int64_t run) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection_->prepare("SELECT series_id FROM samples WHERE run_id = $1"));
  rows->bind(run);
  std::vector<std::int64_t> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) return out;
    out.push_back(rows->integer(0));
  }
}

Result<std::vector<Statistics>> Browser::statistics(std::int64_t run, std::span<const std::int64_t> series) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection_->prepare("SELECT series_id, suite, benchmark, metric, unit, better, deterministic, "
                                     "is_primary, n, median, q1, q3, cv, p95, p99 FROM samples "
                                     "JOIN series ON series.id = series_id WHERE run_id = $1" +
                                     among("series_id", series)));
  rows->bind(run);
  std::vector<Statistics> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) break;
    Statistics& one = out.emplace_back();
    one.number = rows->integer(0);
    one.id = {rows->text(1), rows->text(2), rows->text(3)};
    one.metric = {one.id.metric, rows->text(4), from_name<Better>(rows->text(5)).value_or(Better::unknown),
                  rows->integer(6) != 0, rows->integer(7) != 0};
    one.n = static_cast<std::size_t>(rows->integer(8));
    one.median = rows->real(9);
    one.q1 = rows->real(10);
    one.q3 = rows->real(11);
    one.cv = rows->real(12);
    one.p95 = rows->real(13);
    one.p99 = rows->real(14);
  }
  std::sort(out.begin(), out.end(), [](const Statistics& a, const Statistics& b) { return a.id < b.id; });
  return out;
}

Result<std::vector<Statistics>> Browser::medians(std::int64_t run, std::span<const std::int64_t> series) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection_->prepare("SELECT series_id, unit, better, deterministic, is_primary, n, median "
                                     "FROM samples WHERE run_id = $1 AND n > 0" +
                                     among("series_id", series)));
  rows->bind(run);
  std::vector<Statistics> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) return out;
    Statistics& one = out.emplace_back();
    one.number = rows->integer(0);
    one.metric.unit = rows->text(1);
    one.metric.better = from_name<Better>(rows->text(2)).value_or(Better::unknown);
    one.metric.deterministic = rows->integer(3) != 0;
    one.metric.primary = rows->integer(4) != 0;
    one.n = static_cast<std::size_t>(rows->integer(5));
    one.median = rows->real(6);
  }
}

Result<std::vector<Comparison>> Browser::comparisons(std::int64_t run) {
  std::vector<Comparison> out;
  PW_TRY(load_comparisons(*connection_, run, out));
  return out;
}

Result<std::vector<NumberedComparison>> Browser::past(std::span<const std::int64_t> series, std::size_t most) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection_->prepare(
                    "WITH newest AS (SELECT id, commit_sha, time FROM runs WHERE role = 'head' AND base_commit <> '' "
                    "ORDER BY time DESC, id DESC LIMIT $1) "
                    "SELECT series_id, commit_sha, time, ratio, significance FROM newest "
                    "JOIN comparisons ON run_id = newest.id WHERE ratio IS NOT NULL" +
                    among("series_id", series) + " ORDER BY time, newest.id"));
  rows->bind(most);
  std::vector<NumberedComparison> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) return out;
    out.push_back({.number = rows->integer(0),
                   .commit = rows->text(1),
                   .time = rows->text(2),
                   .ratio = rows->real(3),
                   .distinct = rows->text(4) == name_of(Significance::distinct)});
  }
}

Result<Samples> Browser::samples(std::int64_t run) {
  return load_samples(*connection_, run);
}

Result<std::vector<MachineSummary>> Browser::machines() {
  // One machine may have several rows, whose facts differ in what its fingerprint leaves out.
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection_->prepare("SELECT fingerprint, MAX(facts), count(*), MIN(time), MAX(time) FROM runs "
                                     "JOIN machines ON machines.id = machine_id GROUP BY fingerprint "
                                     "ORDER BY MAX(time) DESC, fingerprint"));
  std::vector<MachineSummary> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) return out;
    MachineSummary& one = out.emplace_back();
    one.machine.fingerprint = rows->text(0);
    decode_facts(rows->text(1), one.machine);
    one.runs = static_cast<std::size_t>(rows->integer(2));
    one.first = rows->text(3);
    one.last = rows->text(4);
  }
}

Result<std::vector<BranchRun>> Browser::runs_on(const std::string& fingerprint, std::size_t most) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection_->prepare("SELECT runs.id, commit_sha, time, fingerprint FROM runs "
                                     "JOIN machines ON machines.id = machine_id WHERE fingerprint = $1 AND "
                                     "role = 'head' ORDER BY time DESC, runs.id DESC LIMIT $2"));
  rows->bind(fingerprint).bind(most);
  std::vector<BranchRun> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) return out;
    out.push_back(branch_run_in(*rows));
  }
}

Result<std::string> whole_commit(Connection& connection, const std::string& prefix) {
  const std::string low = text::lower(prefix);
  const bool hex = std::all_of(low.begin(), low.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (low.size() < 4 || !hex)
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("'{}' is not a commit: give at least 4 hex digits", text::one_line(prefix))};
  // 'g' sorts after every hex digit.
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> query,
                connection.prepare("SELECT DISTINCT commit_sha FROM runs WHERE commit_sha >= $1 AND "
                                   "commit_sha < $2 ORDER BY commit_sha LIMIT 2"));
  PW_TRY_ASSIGN(const bool found, query->bind(low).bind(low + "g").step());
  if (!found) return std::string();
  std::string commit = query->text(0);
  PW_TRY_ASSIGN(const bool another, query->step());
  if (another && commit != low)
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("'{}' names more than one commit of the history", low),
                 .hint = fmt::format("give more digits: {} and {} both match", commit, query->text(0))};
  return commit;
}

}  // namespace perfwarden::store
