#include "store/sql_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/text.hpp"
#include "store/encode.hpp"
#include "store/save.hpp"

namespace perfwarden::store {
namespace {

// A pull request's runs are asked for as "pull/N" only: a fork may call its branch "main".
constexpr std::string_view k_of_branch =
    "($1 = '' OR (pull_request = 0 AND branch = $1) OR "
    "(pull_request <> 0 AND 'pull/' || CAST(pull_request AS TEXT) = $1))";

// More wanted series than this are not listed in the statement: all are read, and the others dropped here.
constexpr std::size_t k_most_listed = 1000;

// The series whose points are looked for, by their number in the database.
struct WantedSeries {
  std::vector<SeriesHistory> lines;
  std::unordered_map<std::int64_t, std::size_t> line_of;
  bool all = true;  // of the database
};

class SqlStore final : public Store {
 public:
  explicit SqlStore(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

  Result<std::vector<std::int64_t>> save(std::span<const RunRecord> records) override {
    return store::save(*connection_, records);
  }
  Result<std::vector<RunSummary>> runs(const std::string& branch, std::size_t most) override;
  Result<std::vector<SeriesHistory>> history(const HistoryQuery& query) override;
  Result<std::vector<UnitTime>> times(const std::string& branch) override;
  Result<std::optional<Samples>> samples_of(const std::string& commit_prefix) override;

 private:
  Result<WantedSeries> wanted_series(const HistoryQuery& query);
  Result<std::string> whole_commit(const std::string& prefix);
  Status read_series(std::int64_t run, Samples& samples);
  [[nodiscard]] Error damaged(const std::string& what) const;

  std::unique_ptr<Connection> connection_;
};

Result<std::vector<RunSummary>> SqlStore::runs(const std::string& branch, std::size_t most) {
  PW_TRY_ASSIGN(
      const std::unique_ptr<Statement> query,
      connection_->prepare(fmt::format(
          "SELECT runs.id, commit_sha, branch, time, fingerprint, config_hash, conclusion, "
          "(SELECT count(*) FROM samples WHERE run_id = runs.id), "
          "(SELECT count(*) FROM findings WHERE run_id = runs.id), pull_request "
          "FROM runs JOIN machines ON machines.id = machine_id WHERE {} ORDER BY time DESC, runs.id DESC LIMIT $2",
          k_of_branch)));
  query->bind(branch).bind(most);
  std::vector<RunSummary> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, query->step());
    if (!row) return out;
    RunSummary& run = out.emplace_back();
    run.id = query->integer(0);
    run.commit = query->text(1);
    run.branch = query->text(2);
    run.time = query->text(3);
    run.fingerprint = query->text(4);
    run.config_hash = query->text(5);
    run.conclusion = query->text(6);
    run.series = static_cast<std::size_t>(query->integer(7));
    run.findings = static_cast<std::size_t>(query->integer(8));
    run.pull_request = query->integer(9);
  }
}

Result<WantedSeries> SqlStore::wanted_series(const HistoryQuery& query) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> names,
                connection_->prepare("SELECT id, suite, benchmark, metric FROM series"));
  std::vector<std::pair<SeriesId, std::int64_t>> found;
  WantedSeries wanted;
  while (true) {
    PW_TRY_ASSIGN(const bool row, names->step());
    if (!row) break;
    SeriesId id{names->text(1), names->text(2), names->text(3)};
    if (!query.series || query.series(id))
      found.emplace_back(std::move(id), names->integer(0));
    else
      wanted.all = false;
  }
  std::sort(found.begin(), found.end());
  for (auto& [id, number] : found) {
    wanted.line_of.emplace(number, wanted.lines.size());
    wanted.lines.push_back({std::move(id), {}});
  }
  return wanted;
}

// " AND series_id IN (1, 2)"; "" when all series, or too many to list, are wanted.
std::string listed(const WantedSeries& wanted) {
  if (wanted.all || wanted.line_of.size() > k_most_listed) return "";
  std::vector<std::int64_t> numbers;
  for (const auto& [number, line] : wanted.line_of) numbers.push_back(number);
  return fmt::format(" AND series_id IN ({})", fmt::join(numbers, ", "));
}

// Rows come run by run, newest first, so that reading ends when every series has its points.
Result<std::vector<SeriesHistory>> SqlStore::history(const HistoryQuery& query) {
  PW_TRY_ASSIGN(WantedSeries wanted, wanted_series(query));
  std::size_t incomplete = query.most == 0 ? 0 : wanted.lines.size();
  if (incomplete == 0) return std::vector<SeriesHistory>();
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection_->prepare(fmt::format(
                    "SELECT series_id, commit_sha, time, median, q1, q3, n, unit, fingerprint FROM runs "
                    "JOIN machines ON machines.id = machine_id JOIN samples ON run_id = runs.id "
                    "WHERE {} AND ($2 = '' OR fingerprint = $2) AND n > 0{} ORDER BY time DESC, runs.id DESC",
                    k_of_branch, listed(wanted))));
  rows->bind(query.branch).bind(query.fingerprint);
  while (incomplete > 0) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) break;
    const auto line = wanted.line_of.find(rows->integer(0));
    if (line == wanted.line_of.end()) continue;
    std::vector<HistoryPoint>& points = wanted.lines[line->second].points;
    if (points.size() == query.most) continue;
    points.push_back({.commit = rows->text(1),
                      .time = rows->text(2),
                      .median = rows->real(3),
                      .low = rows->real(4),
                      .high = rows->real(5),
                      .n = static_cast<std::size_t>(rows->integer(6)),
                      .unit = rows->text(7),
                      .fingerprint = rows->text(8)});
    if (points.size() == query.most) --incomplete;
  }
  std::erase_if(wanted.lines, [](const SeriesHistory& line) { return line.points.empty(); });
  for (SeriesHistory& line : wanted.lines) std::reverse(line.points.begin(), line.points.end());
  return std::move(wanted.lines);
}

Result<std::vector<UnitTime>> SqlStore::times(const std::string& branch) {
  PW_TRY_ASSIGN(
      const std::unique_ptr<Statement> query,
      connection_->prepare(fmt::format(
          "SELECT times FROM runs WHERE {} AND times <> '[]' ORDER BY time DESC, id DESC LIMIT 1", k_of_branch)));
  PW_TRY_ASSIGN(const bool found, query->bind(branch).step());
  return found ? decode_times(query->text(0)) : std::vector<UnitTime>();
}

// "" when no run has such a commit.
Result<std::string> SqlStore::whole_commit(const std::string& prefix) {
  const std::string low = text::lower(prefix);
  const bool hex = std::all_of(low.begin(), low.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (low.size() < 4 || !hex)
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("'{}' is not a commit: give at least 4 hex digits", text::one_line(prefix))};
  // 'g' sorts after every hex digit.
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> query,
                connection_->prepare("SELECT DISTINCT commit_sha FROM runs WHERE commit_sha >= $1 AND "
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

Result<std::optional<Samples>> SqlStore::samples_of(const std::string& commit_prefix) {
  PW_TRY_ASSIGN(const std::string commit, whole_commit(commit_prefix));
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> query,
                connection_->prepare(
                    "SELECT runs.id, branch, time, session, config_hash, tool, fingerprint, facts, warnings, times, "
                    "failures, digest "
                    "FROM runs JOIN machines ON machines.id = machine_id WHERE commit_sha = $1 "
                    "ORDER BY time DESC, runs.id DESC LIMIT 1"));
  PW_TRY_ASSIGN(const bool found, query->bind(commit).step());
  if (commit.empty() || !found) return std::optional<Samples>();
  Samples samples;
  const std::int64_t run = query->integer(0);
  samples.run.commit = commit;
  samples.run.branch = query->text(1);
  samples.run.time = query->text(2);
  samples.run.session = query->text(3);
  samples.run.config_hash = query->text(4);
  samples.run.tool = query->text(5);
  samples.run.machine.fingerprint = query->text(6);
  decode_facts(query->text(7), samples.run.machine);
  samples.warnings = decode_warnings(query->text(8));
  samples.run.times = decode_times(query->text(9));
  samples.failures = decode_failures(query->text(10));
  const std::string digest = query->text(11);
  PW_TRY(read_series(run, samples));
  if (!digest.empty() && digest != digest_of(samples.run, samples.series, samples.failures))
    return damaged(fmt::format("the run of commit {}", commit.substr(0, 10)));
  return std::optional<Samples>(std::move(samples));
}

Error SqlStore::damaged(const std::string& what) const {
  return {.kind = ErrorKind::store,
          .what = fmt::format("the values of {} are damaged", text::one_line(what)),
          .where = connection_->place(),
          .hint = "restore the history from the cache, or move it away to start a new one"};
}

Status SqlStore::read_series(std::int64_t run, Samples& samples) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> query,
                connection_->prepare(
                    "SELECT suite, benchmark, metric, unit, better, deterministic, is_primary, "
                    "original_unit, invocations, warnings, naming FROM samples JOIN series ON series.id = series_id "
                    "WHERE run_id = $1 ORDER BY suite, benchmark, metric"));
  query->bind(run);
  while (true) {
    PW_TRY_ASSIGN(const bool row, query->step());
    if (!row) break;
    Series series;
    series.id = {query->text(0), query->text(1), query->text(2)};
    series.metric = {series.id.metric, query->text(3), from_name<Better>(query->text(4)).value_or(Better::lower),
                     query->integer(5) != 0, query->integer(6) != 0};
    series.original_unit = query->text(7);
    auto values = decode_values(query->text(8));
    if (!values) return damaged(fmt::format("'{}'", series.id.path()));
    series.invocations = std::move(*values);
    series.warnings = decode_warnings(query->text(9));
    decode_naming(query->text(10), series);
    samples.series.push_back(std::move(series));
  }
  std::sort(samples.series.begin(), samples.series.end(), [](const Series& a, const Series& b) { return a.id < b.id; });
  return Nothing{};
}

}  // namespace

std::unique_ptr<Store> sql_store(std::unique_ptr<Connection> connection) {
  return std::make_unique<SqlStore>(std::move(connection));
}

}  // namespace perfwarden::store
