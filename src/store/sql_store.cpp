#include "store/sql_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.hpp"
#include "store/alerts.hpp"
#include "store/browse.hpp"
#include "store/derived.hpp"
#include "store/encode.hpp"
#include "store/load.hpp"
#include "store/prune.hpp"
#include "store/save.hpp"

namespace perfwarden::store {
namespace {

// More wanted series than this are not listed in the statement: all are read, and the others dropped here.
constexpr std::size_t k_most_listed = 1000;

// Runs whose points are read by one statement, at most: it bounds what is in memory at once.
constexpr std::size_t k_most_runs = 256;

// The series whose points are looked for, by their number in the database.
struct WantedSeries {
  std::vector<SeriesHistory> lines;
  std::unordered_map<std::int64_t, std::size_t> line_of;
  bool all = true;  // of the database
};

class SqlStore final : public Store {
 public:
  explicit SqlStore(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)), browser_(*connection_) {}

  Result<std::vector<std::int64_t>> save(std::span<const RunRecord> records) override {
    return store::save(*connection_, records);
  }
  Status add_event(const Event& event) override;
  Result<std::vector<Event>> events(std::size_t most) override;
  Result<std::size_t> add_deployments(std::span<const Deployment> deployments) override;
  Result<std::vector<Deployment>> deployments() override;
  Result<std::vector<SeriesWords>> words(const std::string& branch, std::size_t most_runs) override;
  Result<std::vector<RunSummary>> runs(const std::string& branch, std::size_t most) override;
  Result<std::vector<SeriesId>> series() override;
  Result<std::vector<SeriesHistory>> history(const HistoryQuery& query) override;
  Result<std::vector<UnitTime>> times(const std::string& branch) override;
  Result<std::optional<Samples>> samples_of(const std::string& commit_prefix) override;
  Result<std::vector<PastComparison>> comparisons_since(const std::string& time) override;
  Result<std::vector<std::string>> commits(const std::string& branch) override;
  Result<std::map<std::string, std::string>> configs(const std::string& branch) override;
  Result<std::vector<Alert>> alerts() override { return load_alerts(*connection_); }
  Result<std::size_t> save_alerts(std::span<const Alert> alerts) override {
    return store::save_alerts(*connection_, alerts);
  }
  Result<std::vector<std::int64_t>> run_ids() override { return store::run_ids(*connection_); }
  Result<std::optional<RunRecord>> record(std::int64_t run) override;
  Browser& browser() override { return browser_; }
  Result<Pruned> prune(const Retention& retention) override { return store::prune(*connection_, retention); }

 private:
  Result<WantedSeries> wanted_series(const HistoryQuery& query);
  Result<std::vector<BranchRun>> runs_newest_first(const HistoryQuery& query);
  Status read_points(std::span<const BranchRun> runs, std::size_t most, WantedSeries& wanted, std::size_t& incomplete);

  std::unique_ptr<Connection> connection_;
  Browser browser_;
};

Status SqlStore::add_event(const Event& event) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> insert,
                connection_->prepare("INSERT INTO events (time, kind, commit_sha, pull_request, who, subject, reason) "
                                     "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"));
  insert->bind(event.time).bind(event.kind).bind(event.commit).bind(event.pull_request);
  insert->bind(event.who).bind(event.subject).bind(event.reason);
  PW_TRY(insert->step());
  return Nothing{};
}

Result<std::vector<Event>> SqlStore::events(std::size_t most) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> query,
                connection_->prepare("SELECT time, kind, commit_sha, pull_request, who, subject, reason FROM events "
                                     "ORDER BY id DESC LIMIT $1"));
  query->bind(most);
  std::vector<Event> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, query->step());
    if (!row) return out;
    out.push_back({query->text(0), query->text(1), query->text(2), query->integer(3), query->text(4), query->text(5),
                   query->text(6)});
  }
}

Result<std::size_t> SqlStore::add_deployments(std::span<const Deployment> deployments) {
  PW_TRY_ASSIGN(Transaction transaction, Transaction::begin(*connection_));
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> insert,
                connection_->prepare(insert_into("deployments", "time, environment, commit_sha, name") +
                                     " ON CONFLICT (time, environment, commit_sha) DO NOTHING RETURNING 1"));
  std::size_t added = 0;
  for (const Deployment& one : deployments) {
    insert->bind(one.time).bind(one.environment).bind(one.commit).bind(one.name);
    PW_TRY_ASSIGN(const std::int64_t is_new, insert->run_for_integer());
    added += static_cast<std::size_t>(is_new);
  }
  PW_TRY(transaction.commit());
  return added;
}

Result<std::vector<Deployment>> SqlStore::deployments() {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> query,
                connection_->prepare("SELECT time, environment, commit_sha, name FROM deployments ORDER BY time, id"));
  std::vector<Deployment> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, query->step());
    if (!row) return out;
    out.push_back({query->text(0), query->text(1), query->text(2), query->text(3)});
  }
}

Result<std::vector<SeriesWords>> SqlStore::words(const std::string& branch, std::size_t most_runs) {
  // A finding of level soft or hard is a confirmed one: doubt has levels of its own.
  PW_TRY_ASSIGN(
      const std::unique_ptr<Statement> query,
      connection_->prepare(fmt::format(
          "WITH newest AS (SELECT * FROM runs WHERE {} ORDER BY time DESC, id DESC LIMIT $2), "
          "broken AS (SELECT DISTINCT run_id, suite, benchmark, metric FROM findings "
          "JOIN newest ON newest.id = run_id WHERE level IN ('soft', 'hard') AND benchmark <> '') "
          "SELECT series.suite, series.benchmark, series.metric, commit_sha, base_commit, time, ratio, better, "
          "CASE WHEN broken.run_id IS NULL THEN 0 ELSE 1 END FROM newest "
          "JOIN comparisons ON comparisons.run_id = newest.id JOIN series ON series.id = comparisons.series_id "
          "JOIN samples ON samples.run_id = newest.id AND samples.series_id = series.id "
          "LEFT JOIN broken ON broken.run_id = newest.id AND broken.suite = series.suite AND "
          "broken.benchmark = series.benchmark AND broken.metric = series.metric "
          "WHERE EXISTS (SELECT 1 FROM broken AS ever WHERE ever.suite = series.suite AND "
          "ever.benchmark = series.benchmark AND ever.metric = series.metric) "
          "ORDER BY series.suite, series.benchmark, series.metric, time, newest.id",
          k_of_branch)));
  query->bind(branch).bind(most_runs);
  std::vector<SeriesWords> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, query->step());
    if (!row) return out;
    const SeriesId id{query->text(0), query->text(1), query->text(2)};
    if (out.empty() || !(out.back().id == id)) out.push_back({id, {}});
    RunWord& word = out.back().runs.emplace_back();
    word.commit = query->text(3);
    word.base_commit = query->text(4);
    word.time = query->text(5);
    const double ratio = query->real(6);
    word.worse_by = query->text(7) == name_of(Better::higher) ? 1 / ratio - 1 : ratio - 1;
    word.confirmed = query->integer(8) != 0;
  }
}

Result<std::vector<RunSummary>> SqlStore::runs(const std::string& branch, std::size_t most) {
  return browser_.runs(branch, 0, std::min(most, static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max())));
}

Result<WantedSeries> SqlStore::wanted_series(const HistoryQuery& query) {
  PW_TRY_ASSIGN(std::vector<NumberedSeries> all, browser_.series());
  WantedSeries wanted;
  for (auto& [number, id] : all) {
    if (query.series && !query.series(id)) {
      wanted.all = false;
      continue;
    }
    wanted.line_of.emplace(number, wanted.lines.size());
    wanted.lines.push_back({std::move(id), {}});
  }
  return wanted;
}

Result<std::vector<SeriesId>> SqlStore::series() {
  PW_TRY_ASSIGN(std::vector<NumberedSeries> all, browser_.series());
  std::vector<SeriesId> out;
  out.reserve(all.size());
  for (NumberedSeries& one : all) out.push_back(std::move(one.id));
  return out;
}

// " AND series_id IN (1, 2)"; "" when all series, or too many to list, are wanted.
std::string listed(const WantedSeries& wanted) {
  if (wanted.all || wanted.line_of.size() > k_most_listed) return "";
  std::vector<std::int64_t> numbers;
  for (const auto& [number, line] : wanted.line_of) numbers.push_back(number);
  return fmt::format(" AND series_id IN ({})", fmt::join(numbers, ", "));
}

Result<std::vector<BranchRun>> SqlStore::runs_newest_first(const HistoryQuery& query) {
  PW_TRY_ASSIGN(std::vector<BranchRun> out, browser_.timeline(query.branch));
  if (!query.fingerprint.empty())
    std::erase_if(out, [&](const BranchRun& run) { return run.fingerprint != query.fingerprint; });
  std::reverse(out.begin(), out.end());
  return out;
}

// The points of these runs, newest first, of the series that have fewer than `most` yet; counts `incomplete` down.
Status SqlStore::read_points(std::span<const BranchRun> runs, std::size_t most, WantedSeries& wanted,
                             std::size_t& incomplete) {
  std::unordered_map<std::int64_t, std::size_t> place_of;
  std::string numbers;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    place_of.emplace(runs[i].id, i);
    numbers += (i > 0 ? ", " : "") + std::to_string(runs[i].id);
  }
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection_->prepare(fmt::format("SELECT series_id, {} FROM samples WHERE run_id IN ({}) AND n > 0{}",
                                                 k_point_columns, numbers, listed(wanted))));
  struct Found {
    std::size_t line = 0;
    SeriesPoint point;
  };
  std::vector<std::vector<Found>> found(runs.size());  // by run
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) break;
    const auto line = wanted.line_of.find(rows->integer(0));
    if (line == wanted.line_of.end() || wanted.lines[line->second].points.size() == most) continue;
    SeriesPoint point = point_in(*rows, 1);
    std::vector<Found>& of_run = found[place_of.at(point.run)];
    of_run.push_back({line->second, std::move(point)});
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (auto& [line, point] : found[i]) {
      std::vector<HistoryPoint>& points = wanted.lines[line].points;
      if (points.size() == most) continue;
      if (points.empty()) wanted.lines[line].better = point.better;
      HistoryPoint& one = points.emplace_back();
      one.commit = runs[i].commit;
      one.time = runs[i].time;
      one.fingerprint = runs[i].fingerprint;
      one.median = point.median;
      one.low = point.low;
      one.high = point.high;
      one.n = point.n;
      one.unit = std::move(point.unit);
      if (points.size() == most) --incomplete;
    }
  }
  return Nothing{};
}

// Newest runs first, twice as many each time, until every series has its points.
Result<std::vector<SeriesHistory>> SqlStore::history(const HistoryQuery& query) {
  if (query.kind == SeriesKind::function) return function_shares(*connection_, query);
  if (query.kind == SeriesKind::rating) return ratings(*connection_, query);
  PW_TRY_ASSIGN(WantedSeries wanted, wanted_series(query));
  std::size_t incomplete = query.most == 0 ? 0 : wanted.lines.size();
  if (incomplete == 0) return std::vector<SeriesHistory>();
  PW_TRY_ASSIGN(const std::vector<BranchRun> runs, runs_newest_first(query));
  std::span<const BranchRun> left(runs);
  for (std::size_t block = query.most; incomplete > 0 && !left.empty(); block *= 2) {
    block = std::min({block, k_most_runs, left.size()});
    PW_TRY(read_points(left.first(block), query.most, wanted, incomplete));
    left = left.subspan(block);
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

Result<std::optional<Samples>> SqlStore::samples_of(const std::string& commit_prefix) {
  PW_TRY_ASSIGN(const std::string commit, store::whole_commit(*connection_, commit_prefix));
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> query,
                connection_->prepare("SELECT id FROM runs WHERE commit_sha = $1 ORDER BY time DESC, id DESC LIMIT 1"));
  PW_TRY_ASSIGN(const bool found, query->bind(commit).step());
  if (commit.empty() || !found) return std::optional<Samples>();
  PW_TRY_ASSIGN(Samples samples, load_samples(*connection_, query->integer(0)));
  return std::optional<Samples>(std::move(samples));
}

Result<std::vector<PastComparison>> SqlStore::comparisons_since(const std::string& time) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection_->prepare("SELECT suite, benchmark, metric, better, commit_sha, time, ratio, significance "
                                     "FROM comparisons JOIN runs ON runs.id = comparisons.run_id "
                                     "JOIN series ON series.id = comparisons.series_id "
                                     "JOIN samples ON samples.run_id = comparisons.run_id AND "
                                     "samples.series_id = comparisons.series_id "
                                     "WHERE time >= $1 AND ratio IS NOT NULL"));
  rows->bind(time);
  std::vector<PastComparison> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) break;
    out.push_back({.id = {rows->text(0), rows->text(1), rows->text(2)},
                   .better = from_name<Better>(rows->text(3)).value_or(Better::unknown),
                   .commit = rows->text(4),
                   .time = rows->text(5),
                   .ratio = rows->real(6),
                   .significance = from_name<Significance>(rows->text(7)).value_or(Significance::undecidable)});
  }
  std::sort(out.begin(), out.end(), [](const PastComparison& a, const PastComparison& b) {
    return std::tie(a.id, a.time) < std::tie(b.id, b.time);
  });
  return out;
}

Result<std::vector<std::string>> SqlStore::commits(const std::string& branch) {
  PW_TRY_ASSIGN(std::vector<BranchRun> runs, browser_.timeline(branch));
  std::vector<std::string> out;
  std::unordered_set<std::string> met;
  for (BranchRun& run : runs)
    if (met.insert(run.commit).second) out.push_back(std::move(run.commit));
  return out;
}

Result<std::map<std::string, std::string>> SqlStore::configs(const std::string& branch) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection_->prepare(
                    fmt::format("SELECT commit_sha, config_hash FROM runs WHERE {} ORDER BY time, id", k_of_branch)));
  rows->bind(branch);
  std::map<std::string, std::string> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) return out;
    out[rows->text(0)] = rows->text(1);
  }
}

Result<std::optional<RunRecord>> SqlStore::record(std::int64_t run) {
  PW_TRY_ASSIGN(const bool whole, has_raw(*connection_, run));
  if (!whole) return std::optional<RunRecord>();
  PW_TRY_ASSIGN(RunRecord found, load(*connection_, run));
  return std::optional<RunRecord>(std::move(found));
}

}  // namespace

std::unique_ptr<Store> sql_store(std::unique_ptr<Connection> connection) {
  return std::make_unique<SqlStore>(std::move(connection));
}

}  // namespace perfwarden::store
