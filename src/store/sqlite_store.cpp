#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "os/files/files.hpp"
#include "store/database.hpp"
#include "store/encode.hpp"
#include "store/store.hpp"

namespace perfwarden::store {
namespace {

constexpr std::string_view k_scheme = "sqlite:";

std::string_view word(Presence presence) {
  return presence == Presence::both ? "both" : presence == Presence::only_base ? "only-base" : "only-head";
}

std::string_view word(Significance significance) {
  switch (significance) {
    case Significance::distinct:
      return "distinct";
    case Significance::indistinct:
      return "indistinct";
    case Significance::undecidable:
      return "undecidable";
  }
  return "";
}

// Session and commit name a run; a run without a session (one side, or read from files) is named by all that was
// measured, so that reading the same file twice keeps it once.
std::string identity_of(const RunRecord& record) {
  if (!record.run.session.empty()) return record.run.session + "/" + record.run.commit;
  std::uint64_t hash = fnv1a(record.run.time, fnv1a(record.run.machine.fingerprint, fnv1a(record.run.config_hash)));
  for (const Series& series : record.head.series)
    hash = fnv1a(encode_values(series.invocations), fnv1a(series.id.path(), hash));
  return hex16(hash) + "/" + record.run.commit;
}

// A pull request's runs are asked for as "pull/N" only: a fork may call its branch "main".
constexpr std::string_view k_of_branch =
    "(?1 = '' OR (pull_request = 0 AND branch = ?1) OR (pull_request <> 0 AND 'pull/' || pull_request = ?1))";

class SqliteStore final : public Store {
 public:
  explicit SqliteStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  Result<std::int64_t> save(const RunRecord& record) override;
  Result<std::vector<RunSummary>> runs(const std::string& branch, std::size_t most) override;
  Result<std::vector<HistoryPoint>> history(const SeriesId& id, const std::string& branch,
                                            const std::string& fingerprint, std::size_t most) override;
  Result<std::vector<SeriesId>> series(const std::string& branch) override;
  Result<std::optional<Samples>> samples_of(const std::string& commit_prefix) override;

 private:
  Result<std::int64_t> machine_id(const Machine& machine);
  Result<std::int64_t> save_run(const RunRecord& record);
  Result<std::int64_t> series_id(const SeriesId& id);
  Status save_samples(std::int64_t run, const Samples& samples);
  Status save_comparisons(std::int64_t run, const std::vector<Comparison>& comparisons);
  Status save_alerts(std::int64_t run, const std::vector<Finding>& alerts);
  Result<std::string> whole_commit(const std::string& prefix);
  Status read_series(std::int64_t run, Samples& samples);

  std::unique_ptr<Database> database_;
};

Result<std::int64_t> SqliteStore::save(const RunRecord& record) {
  PW_TRY_ASSIGN(Transaction transaction, Transaction::begin(*database_));
  PW_TRY_ASSIGN(const std::int64_t run, save_run(record));
  PW_TRY(save_samples(run, record.head));
  PW_TRY(save_comparisons(run, record.comparisons));
  PW_TRY(save_alerts(run, record.alerts));
  PW_TRY(transaction.commit());
  return run;
}

Result<std::int64_t> SqliteStore::machine_id(const Machine& machine) {
  const std::string facts = encode_facts(machine);
  PW_TRY_ASSIGN(Statement insert,
                database_->prepare("INSERT INTO machines (fingerprint, facts) VALUES (?, ?) ON CONFLICT DO NOTHING"));
  PW_TRY(insert.bind(machine.fingerprint).bind(facts).run());
  PW_TRY_ASSIGN(Statement find, database_->prepare("SELECT id FROM machines WHERE fingerprint = ? AND facts = ?"));
  PW_TRY(find.bind(machine.fingerprint).bind(facts).step());
  return find.integer(0);
}

// Saving a run again replaces what was kept of it, under the same id.
Result<std::int64_t> SqliteStore::save_run(const RunRecord& record) {
  const RunInfo& run = record.run;
  PW_TRY_ASSIGN(const std::int64_t machine, machine_id(run.machine));
  PW_TRY_ASSIGN(
      Statement upsert,
      database_->prepare(
          "INSERT INTO runs (identity, session, commit_sha, branch, time, machine_id, config_hash, tool, "
          "base_commit, event, "
          "pull_request, conclusion, warnings, times) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (identity) DO UPDATE SET branch = excluded.branch, time = excluded.time, "
          "machine_id = excluded.machine_id, config_hash = excluded.config_hash, tool = excluded.tool, "
          "base_commit = excluded.base_commit, event = excluded.event, pull_request = excluded.pull_request, "
          "conclusion = excluded.conclusion, warnings = excluded.warnings, times = excluded.times RETURNING id"));
  upsert.bind(identity_of(record)).bind(run.session).bind(run.commit).bind(run.branch).bind(run.time).bind(machine);
  upsert.bind(run.config_hash).bind(run.tool).bind(record.base_commit).bind(record.event).bind(record.pull_request);
  upsert.bind(record.conclusion).bind(encode_warnings(record.head.warnings)).bind(encode_times(run.times));
  PW_TRY(upsert.step());
  const std::int64_t id = upsert.integer(0);
  PW_TRY(upsert.run());
  for (const char* forget : {"DELETE FROM samples WHERE run_id = ?", "DELETE FROM comparisons WHERE run_id = ?",
                             "DELETE FROM alerts WHERE run_id = ?"}) {
    PW_TRY_ASSIGN(Statement statement, database_->prepare(forget));
    PW_TRY(statement.bind(id).run());
  }
  return id;
}

Result<std::int64_t> SqliteStore::series_id(const SeriesId& id) {
  PW_TRY_ASSIGN(Statement find,
                database_->prepare("SELECT id FROM series WHERE suite = ? AND benchmark = ? AND metric = ?"));
  PW_TRY_ASSIGN(const bool known, find.bind(id.suite).bind(id.benchmark).bind(id.metric).step());
  if (known) return find.integer(0);
  PW_TRY_ASSIGN(Statement insert, database_->prepare("INSERT INTO series (suite, benchmark, metric) VALUES (?, ?, ?)"));
  PW_TRY(insert.bind(id.suite).bind(id.benchmark).bind(id.metric).run());
  return sqlite3_last_insert_rowid(database_->handle());
}

Status SqliteStore::save_samples(std::int64_t run, const Samples& samples) {
  PW_TRY_ASSIGN(Statement insert,
                database_->prepare("INSERT OR REPLACE INTO samples (run_id, series_id, unit, better, deterministic, "
                                   "is_primary, original_unit, invocations, n, median, q1, q3, warnings) "
                                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  for (const Series& series : samples.series) {
    PW_TRY_ASSIGN(const std::int64_t id, series_id(series.id));
    const Quartiles q = quartiles(series.invocations);
    insert.bind(run).bind(id).bind(series.metric.unit);
    insert.bind(series.metric.better == Better::higher ? "higher" : "lower").bind(series.metric.deterministic);
    insert.bind(series.metric.primary).bind(series.original_unit).bind_blob(encode_values(series.invocations));
    insert.bind(q.n).bind(q.median).bind(q.q1).bind(q.q3).bind(encode_warnings(series.warnings));
    PW_TRY(insert.run());
  }
  return Nothing{};
}

Status SqliteStore::save_comparisons(std::int64_t run, const std::vector<Comparison>& comparisons) {
  PW_TRY_ASSIGN(Statement insert,
                database_->prepare(
                    "INSERT OR REPLACE INTO comparisons (run_id, series_id, presence, design, base_n, base_median, "
                    "base_cv, base_values, head_n, head_median, head_cv, pairs, ratio, ratio_low, ratio_high, "
                    "difference, difference_low, difference_high, interval_confidence, p, p_adjusted, effect_d, "
                    "minimum_detectable, significance, confidence, method, renamed_to, criteria, warnings) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  for (const Comparison& c : comparisons) {
    PW_TRY_ASSIGN(const std::int64_t id, series_id(c.id));
    insert.bind(run).bind(id).bind(word(c.presence)).bind(name_of(c.design));
    insert.bind(c.base.n)
        .bind(c.base.median)
        .bind(c.base.coefficient_of_variation)
        .bind_blob(encode_values({c.base_values}));
    insert.bind(c.head.n).bind(c.head.median).bind(c.head.coefficient_of_variation).bind(c.pairs);
    insert.bind(c.ratio).bind(c.ratio_interval.low).bind(c.ratio_interval.high);
    insert.bind(c.difference).bind(c.difference_interval.low).bind(c.difference_interval.high);
    insert.bind(c.ratio_interval.confidence).bind(c.p).bind(c.p_adjusted).bind(c.effect_d).bind(c.minimum_detectable);
    insert.bind(word(c.significance)).bind(c.confidence ? name_of(*c.confidence) : std::string_view()).bind(c.method);
    insert.bind(c.renamed_to).bind(encode_criteria(c.criteria)).bind(encode_warnings(c.warnings));
    PW_TRY(insert.run());
  }
  return Nothing{};
}

Status SqliteStore::save_alerts(std::int64_t run, const std::vector<Finding>& alerts) {
  PW_TRY_ASSIGN(
      Statement insert,
      database_->prepare("INSERT INTO alerts (run_id, position, suite, benchmark, metric, rule, level, op, "
                         "expected, actual, unit, budget, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    const Finding& f = alerts[i];
    insert.bind(run).bind(i).bind(f.series.suite).bind(f.series.benchmark).bind(f.series.metric).bind(f.rule);
    insert.bind(name_of(f.level)).bind(f.op).bind(f.expected).bind(f.actual).bind(f.unit).bind(f.budget).bind(f.reason);
    PW_TRY(insert.run());
  }
  return Nothing{};
}

Result<std::vector<RunSummary>> SqliteStore::runs(const std::string& branch, std::size_t most) {
  PW_TRY_ASSIGN(
      Statement query,
      database_->prepare(fmt::format(
          "SELECT runs.id, commit_sha, branch, time, fingerprint, config_hash, conclusion, "
          "(SELECT count(*) FROM samples WHERE run_id = runs.id), "
          "(SELECT count(*) FROM alerts WHERE run_id = runs.id), pull_request "
          "FROM runs JOIN machines ON machines.id = machine_id WHERE {} ORDER BY time DESC, runs.id DESC LIMIT ?2",
          k_of_branch)));
  query.bind(branch).bind(most);
  std::vector<RunSummary> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, query.step());
    if (!row) return out;
    RunSummary& run = out.emplace_back();
    run.id = query.integer(0);
    run.commit = query.text(1);
    run.branch = query.text(2);
    run.time = query.text(3);
    run.fingerprint = query.text(4);
    run.config_hash = query.text(5);
    run.conclusion = query.text(6);
    run.series = static_cast<std::size_t>(query.integer(7));
    run.alerts = static_cast<std::size_t>(query.integer(8));
    run.pull_request = query.integer(9);
  }
}

Result<std::vector<HistoryPoint>> SqliteStore::history(const SeriesId& id, const std::string& branch,
                                                       const std::string& fingerprint, std::size_t most) {
  PW_TRY_ASSIGN(Statement query,
                database_->prepare(fmt::format(
                    "SELECT commit_sha, time, median, q1, q3, n, unit, fingerprint FROM samples "
                    "JOIN series ON series.id = series_id JOIN runs ON runs.id = run_id "
                    "JOIN machines ON machines.id = machine_id "
                    "WHERE {} AND (?2 = '' OR fingerprint = ?2) AND suite = ?3 AND benchmark = ?4 AND metric = ?5 "
                    "AND n > 0 ORDER BY time DESC, runs.id DESC LIMIT ?6",
                    k_of_branch)));
  query.bind(branch).bind(fingerprint).bind(id.suite).bind(id.benchmark).bind(id.metric).bind(most);
  std::vector<HistoryPoint> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, query.step());
    if (!row) break;
    HistoryPoint& point = out.emplace_back();
    point.commit = query.text(0);
    point.time = query.text(1);
    point.median = query.real(2);
    point.low = query.real(3);
    point.high = query.real(4);
    point.n = static_cast<std::size_t>(query.integer(5));
    point.unit = query.text(6);
    point.fingerprint = query.text(7);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

Result<std::vector<SeriesId>> SqliteStore::series(const std::string& branch) {
  PW_TRY_ASSIGN(Statement query,
                database_->prepare(fmt::format("SELECT DISTINCT suite, benchmark, metric FROM series "
                                               "JOIN samples ON series_id = series.id JOIN runs ON runs.id = run_id "
                                               "WHERE {} ORDER BY suite, benchmark, metric",
                                               k_of_branch)));
  query.bind(branch);
  std::vector<SeriesId> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, query.step());
    if (!row) return out;
    out.push_back({query.text(0), query.text(1), query.text(2)});
  }
}

// "" when no run has such a commit.
Result<std::string> SqliteStore::whole_commit(const std::string& prefix) {
  const std::string low = text::lower(prefix);
  const bool hex = std::all_of(low.begin(), low.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (low.size() < 4 || !hex)
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("'{}' is no commit: give at least 4 hex digits", text::one_line(prefix))};
  // 'g' sorts behind every hex digit.
  PW_TRY_ASSIGN(Statement query, database_->prepare("SELECT DISTINCT commit_sha FROM runs WHERE commit_sha >= ?1 AND "
                                                    "commit_sha < ?1 || 'g' ORDER BY commit_sha LIMIT 2"));
  PW_TRY_ASSIGN(const bool found, query.bind(low).step());
  if (!found) return std::string();
  std::string commit = query.text(0);
  PW_TRY_ASSIGN(const bool another, query.step());
  if (another && commit != low)
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("'{}' names more than one commit of the history", low),
                 .hint = fmt::format("give more digits: {} and {} both match", commit, query.text(0))};
  return commit;
}

Result<std::optional<Samples>> SqliteStore::samples_of(const std::string& commit_prefix) {
  PW_TRY_ASSIGN(const std::string commit, whole_commit(commit_prefix));
  PW_TRY_ASSIGN(Statement query,
                database_->prepare(
                    "SELECT runs.id, branch, time, session, config_hash, tool, fingerprint, facts, warnings, times "
                    "FROM runs JOIN machines ON machines.id = machine_id WHERE commit_sha = ? "
                    "ORDER BY time DESC, runs.id DESC LIMIT 1"));
  PW_TRY_ASSIGN(const bool found, query.bind(commit).step());
  if (commit.empty() || !found) return std::optional<Samples>();
  Samples samples;
  const std::int64_t run = query.integer(0);
  samples.run.commit = commit;
  samples.run.branch = query.text(1);
  samples.run.time = query.text(2);
  samples.run.session = query.text(3);
  samples.run.config_hash = query.text(4);
  samples.run.tool = query.text(5);
  samples.run.machine.fingerprint = query.text(6);
  decode_facts(query.text(7), samples.run.machine);
  samples.warnings = decode_warnings(query.text(8));
  samples.run.times = decode_times(query.text(9));
  PW_TRY(read_series(run, samples));
  return std::optional<Samples>(std::move(samples));
}

Status SqliteStore::read_series(std::int64_t run, Samples& samples) {
  PW_TRY_ASSIGN(
      Statement query,
      database_->prepare("SELECT suite, benchmark, metric, unit, better, deterministic, is_primary, "
                         "original_unit, invocations, warnings FROM samples JOIN series ON series.id = series_id "
                         "WHERE run_id = ? ORDER BY suite, benchmark, metric"));
  query.bind(run);
  while (true) {
    PW_TRY_ASSIGN(const bool row, query.step());
    if (!row) break;
    Series series;
    series.id = {query.text(0), query.text(1), query.text(2)};
    series.metric = {series.id.metric, query.text(3), query.text(4) == "higher" ? Better::higher : Better::lower,
                     query.integer(5) != 0, query.integer(6) != 0};
    series.original_unit = query.text(7);
    auto values = decode_values(query.text(8));
    if (!values)
      return Error{.kind = ErrorKind::store,
                   .what = fmt::format("the values of '{}' are damaged", text::one_line(series.id.path())),
                   .where = database_->path(),
                   .hint = "restore the history from the cache, or move it away to start a new one"};
    series.invocations = std::move(*values);
    series.warnings = decode_warnings(query.text(9));
    samples.series.push_back(std::move(series));
  }
  std::sort(samples.series.begin(), samples.series.end(), [](const Series& a, const Series& b) { return a.id < b.id; });
  return Nothing{};
}

}  // namespace

bool exists(const std::string& url) {
  return url.starts_with(k_scheme) && os::exists(url.substr(k_scheme.size()));
}

Result<std::unique_ptr<Store>> open(const std::string& url) {
  if (!url.starts_with(k_scheme) || url.size() == k_scheme.size())
    return Error{.kind = ErrorKind::config,
                 .what = fmt::format("'{}' is no history that this perfwarden can open", text::one_line(url)),
                 .hint = "write `history: sqlite:PATH`, such as sqlite:.perfwarden/history.db"};
  const std::string path = os::absolute_path(url.substr(k_scheme.size()));
  if (auto made = os::make_directories(path.substr(0, path.rfind('/'))); !made)
    return Error{.kind = ErrorKind::store,
                 .what = "the folder of the history cannot be made: " + made.error().what,
                 .where = path,
                 .hint = "make it writable, set `history:` elsewhere, or leave it empty to keep none"};
  PW_TRY_ASSIGN(std::unique_ptr<Database> database, Database::open(path));
  PW_TRY(migrate(*database));
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(std::move(database)));
}

}  // namespace perfwarden::store
