#include "store/schema.hpp"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "store/encode.hpp"

namespace perfwarden::store {
namespace {

// Version 1.
//   machines     what must be equal for runs to be comparable; facts is a JSON list of [name, value]
//   runs         identity: session and commit, or a hash of the content when there is no session
//   series       names only; unit and direction may change from run to run, so they are in samples
//   samples      invocations: every raw value, as encode_values() writes them. median, q1, q3 (over the invocations'
//                medians) are kept beside them for charts
//   comparisons  statistics of one series; NULL where a number is unknown; criteria and warnings are JSON
//   alerts       findings above pass, worst first; renamed in version 3
constexpr std::string_view k_version_1 = R"sql(
CREATE TABLE machines (
  id {key},
  fingerprint TEXT NOT NULL,
  facts TEXT NOT NULL,
  UNIQUE (fingerprint, facts)
);
CREATE TABLE runs (
  id {key},
  identity TEXT NOT NULL UNIQUE,
  session TEXT NOT NULL,
  commit_sha TEXT NOT NULL,
  branch TEXT NOT NULL,
  time TEXT NOT NULL,
  machine_id BIGINT NOT NULL REFERENCES machines (id),
  config_hash TEXT NOT NULL,
  tool TEXT NOT NULL,
  base_commit TEXT NOT NULL,
  event TEXT NOT NULL,
  pull_request BIGINT NOT NULL,
  conclusion TEXT NOT NULL,
  warnings TEXT NOT NULL
);
CREATE INDEX runs_by_commit ON runs (commit_sha);
CREATE INDEX runs_by_time ON runs (time);
CREATE TABLE series (
  id {key},
  suite TEXT NOT NULL,
  benchmark TEXT NOT NULL,
  metric TEXT NOT NULL,
  UNIQUE (suite, benchmark, metric)
);
CREATE TABLE samples (
  run_id BIGINT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  series_id BIGINT NOT NULL REFERENCES series (id),
  unit TEXT NOT NULL,
  better TEXT NOT NULL,
  deterministic BIGINT NOT NULL,
  is_primary BIGINT NOT NULL,
  original_unit TEXT NOT NULL,
  invocations {bytes} NOT NULL,
  n BIGINT NOT NULL,
  median DOUBLE PRECISION,
  q1 DOUBLE PRECISION,
  q3 DOUBLE PRECISION,
  warnings TEXT NOT NULL,
  PRIMARY KEY (run_id, series_id)
);
CREATE INDEX samples_by_series ON samples (series_id);
CREATE TABLE comparisons (
  run_id BIGINT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  series_id BIGINT NOT NULL REFERENCES series (id),
  presence TEXT NOT NULL,
  design TEXT NOT NULL,
  base_n BIGINT NOT NULL,
  base_median DOUBLE PRECISION,
  base_cv DOUBLE PRECISION,
  base_values {bytes} NOT NULL,
  head_n BIGINT NOT NULL,
  head_median DOUBLE PRECISION,
  head_cv DOUBLE PRECISION,
  pairs BIGINT NOT NULL,
  ratio DOUBLE PRECISION,
  ratio_low DOUBLE PRECISION,
  ratio_high DOUBLE PRECISION,
  difference DOUBLE PRECISION,
  difference_low DOUBLE PRECISION,
  difference_high DOUBLE PRECISION,
  interval_confidence DOUBLE PRECISION,
  p DOUBLE PRECISION,
  p_adjusted DOUBLE PRECISION,
  effect_d DOUBLE PRECISION,
  minimum_detectable DOUBLE PRECISION,
  significance TEXT NOT NULL,
  confidence TEXT NOT NULL,
  method TEXT NOT NULL,
  renamed_to TEXT NOT NULL,
  criteria TEXT NOT NULL,
  warnings TEXT NOT NULL,
  PRIMARY KEY (run_id, series_id)
);
CREATE TABLE alerts (
  run_id BIGINT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  suite TEXT NOT NULL,
  benchmark TEXT NOT NULL,
  metric TEXT NOT NULL,
  rule TEXT NOT NULL,
  level TEXT NOT NULL,
  op TEXT NOT NULL,
  expected DOUBLE PRECISION,
  actual DOUBLE PRECISION,
  unit TEXT NOT NULL,
  budget TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
);
)sql";

// Version 2.
//   runs.times   a JSON list of [suite, case, seconds]: what one invocation took, for the cutting of later runs
constexpr std::string_view k_version_2 = R"sql(
ALTER TABLE runs ADD COLUMN times TEXT NOT NULL DEFAULT '[]';
)sql";

// Version 3.
//   findings     what was the table alerts
//   presence     spelled as in report.json
constexpr std::string_view k_version_3 = R"sql(
ALTER TABLE alerts RENAME TO findings;
UPDATE comparisons SET presence = 'only_base' WHERE presence = 'only-base';
UPDATE comparisons SET presence = 'only_head' WHERE presence = 'only-head';
)sql";

// Version 4.
//   runs.digest  of what samples_of() reads, so that a damaged value is found; empty in runs that are older
constexpr std::string_view k_version_4 = R"sql(
ALTER TABLE runs ADD COLUMN digest TEXT NOT NULL DEFAULT '';
)sql";

// Version 5.
//   runs.failures   a JSON list of [suite, case, benchmark, failed, runs, dropped, reason]: what failed in the run
//   samples.naming  "" or a JSON list [plain name, [[key, value], …]] from which a benchmark's name was chosen
constexpr std::string_view k_version_5 = R"sql(
ALTER TABLE runs ADD COLUMN failures TEXT NOT NULL DEFAULT '[]';
ALTER TABLE samples ADD COLUMN naming TEXT NOT NULL DEFAULT '';
)sql";

// Version 6.
//   runs.role       "head", or "base": the side that a run of `check` compared with, which is not part of a branch's
//                   history
//   raw             every raw value, as encode_numbers() writes them; by the month of the run, "2026-11", or "other"
//   samples         p95, p99 of all values; cv of the invocations' medians. The raw values moved to `raw`
//   change_alerts   changes of level that somebody may have to look at; what was known when they were found
//   alert_events    what became of them; rows are only ever added. The newest of an alert (by version) is its state
constexpr std::string_view k_version_6 = R"sql(
ALTER TABLE runs ADD COLUMN role TEXT NOT NULL DEFAULT 'head';
CREATE TABLE raw (
  run_id BIGINT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  series_id BIGINT NOT NULL,
  month TEXT NOT NULL,
  invocations TEXT NOT NULL,
  PRIMARY KEY (run_id, series_id, month)
) {by_month};
ALTER TABLE samples ADD COLUMN cv DOUBLE PRECISION;
ALTER TABLE samples ADD COLUMN p95 DOUBLE PRECISION;
ALTER TABLE samples ADD COLUMN p99 DOUBLE PRECISION;
CREATE TABLE change_alerts (
  id {key},
  fingerprint TEXT NOT NULL UNIQUE,
  series_id BIGINT NOT NULL REFERENCES series (id),
  branch TEXT NOT NULL,
  machine TEXT NOT NULL,
  unit TEXT NOT NULL,
  shape TEXT NOT NULL,
  direction TEXT NOT NULL,
  detected_at TEXT NOT NULL,
  baseline_sha TEXT NOT NULL,
  regression_sha TEXT NOT NULL,
  level_before DOUBLE PRECISION NOT NULL,
  level_after DOUBLE PRECISION NOT NULL,
  change_low DOUBLE PRECISION,
  change_high DOUBLE PRECISION,
  confidence TEXT NOT NULL,
  evidence_path TEXT NOT NULL
);
CREATE TABLE alert_events (
  alert_id BIGINT NOT NULL REFERENCES change_alerts (id) ON DELETE CASCADE,
  version BIGINT NOT NULL,
  time TEXT NOT NULL,
  who TEXT NOT NULL,
  status TEXT NOT NULL,
  resolution TEXT NOT NULL,
  why TEXT NOT NULL,
  PRIMARY KEY (alert_id, version)
);
)sql";

// After version 6's step, when the values have moved.
constexpr std::string_view k_version_6_end = "ALTER TABLE samples DROP COLUMN invocations;";

// Version 7.
//   events   what people did about runs: kind "accepted": who accepted the broken soft limits of the series that
//   subject,
//            a glob, matches, and why. Only ever appended to
constexpr std::string_view k_version_7 = R"sql(
CREATE TABLE events (
  id {key},
  time TEXT NOT NULL,
  kind TEXT NOT NULL,
  commit_sha TEXT NOT NULL,
  pull_request BIGINT NOT NULL,
  who TEXT NOT NULL,
  subject TEXT NOT NULL,
  reason TEXT NOT NULL,
  UNIQUE (kind, commit_sha, pull_request, who, subject, reason)
);
)sql";

// Version 8.
//   deployments  which commit went where, and when
constexpr std::string_view k_version_8 = R"sql(
CREATE TABLE deployments (
  id {key},
  time TEXT NOT NULL,
  environment TEXT NOT NULL,
  commit_sha TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (time, environment, commit_sha)
);
)sql";

// Version 9.
//   alert_events.last_before, first_changed   the commits between which the change lies, where a person moved it; else
//   ''
constexpr std::string_view k_version_9 = R"sql(
ALTER TABLE alert_events ADD COLUMN last_before TEXT NOT NULL DEFAULT '';
ALTER TABLE alert_events ADD COLUMN first_changed TEXT NOT NULL DEFAULT '';
)sql";

// Version 10.
//   runs.series_count  of the run's samples, which lists of runs show: counting them reads every one
constexpr std::string_view k_version_10 = R"sql(
ALTER TABLE runs ADD COLUMN series_count BIGINT NOT NULL DEFAULT 0;
UPDATE runs SET series_count = (SELECT count(*) FROM samples WHERE run_id = runs.id);
)sql";

// Version 11.
//   runs.parents   hashes of the commit's parents, separated by spaces
//   runs.rating_…  of the run's analysis, 1 to 10; NULL where it was not measured
//   profiles       what is kept of the recordings of one benchmark on the run's side; functions is a JSON list of
//                  [name, self, total], fractions of the whole; stacks_digest is '' when there are no stacks
//   stacks         folded stacks, compressed, by their SHA-256; size is that of the text
constexpr std::string_view k_version_11 = R"sql(
ALTER TABLE runs ADD COLUMN parents TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN rating_cpu DOUBLE PRECISION;
ALTER TABLE runs ADD COLUMN rating_memory DOUBLE PRECISION;
CREATE TABLE profiles (
  id {key},
  run_id BIGINT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  suite TEXT NOT NULL,
  benchmark TEXT NOT NULL,
  type TEXT NOT NULL,
  unit TEXT NOT NULL,
  cost DOUBLE PRECISION,
  samples DOUBLE PRECISION,
  seconds DOUBLE PRECISION,
  functions TEXT NOT NULL,
  stacks_digest TEXT NOT NULL,
  UNIQUE (run_id, suite, benchmark, type)
);
CREATE INDEX profiles_by_suite ON profiles (suite, benchmark);
CREATE TABLE stacks (
  digest TEXT PRIMARY KEY,
  size BIGINT NOT NULL,
  packed {bytes} NOT NULL
);
)sql";

// What other programs read. Made anew with every schema; the columns of these names never change: what has to be
// different comes as a view of another name (alerts_2) beside them. docs/history.md#views describes them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> k_views{{
    {"benchmark_runs", R"sql(
SELECT id, commit_sha, branch, time AS timestamp, machine_id, config_hash FROM runs
)sql"},
    {"measurements", R"sql(
SELECT run_id, benchmark_name,
  ROW_NUMBER() OVER (PARTITION BY run_id, benchmark_name ORDER BY invocation, repetition) AS iteration,
  latency_ns, cpu_cycles, instructions, cache_misses
FROM (
  SELECT raw.run_id AS run_id, suite || '/' || benchmark AS benchmark_name, i.key AS invocation, r.key AS repetition,
    MAX(CASE WHEN unit = 's' AND is_primary = 1 THEN {number} * 1e9 END) AS latency_ns,
    MAX(CASE WHEN metric = 'cycles' THEN {number} END) AS cpu_cycles,
    MAX(CASE WHEN metric = 'instructions' THEN {number} END) AS instructions,
    MAX(CASE WHEN metric = 'cache_misses' THEN {number} END) AS cache_misses
  FROM raw
  JOIN samples ON samples.run_id = raw.run_id AND samples.series_id = raw.series_id
  JOIN series ON series.id = raw.series_id, {each_value}
  WHERE (unit = 's' AND is_primary = 1) OR metric IN ('cycles', 'instructions', 'cache_misses')
  GROUP BY raw.run_id, suite, benchmark, i.key, r.key
) AS counted
)sql"},
    {"statistics", R"sql(
SELECT run_id, suite || '/' || benchmark AS benchmark_name, n AS sample_count, median * 1e9 AS median_ns,
  p95 * 1e9 AS p95_ns, p99 * 1e9 AS p99_ns, cv * 100 AS cv_percent
FROM samples JOIN series ON series.id = series_id WHERE unit = 's' AND is_primary = 1
)sql"},
    {"alerts", R"sql(
SELECT change_alerts.id AS id, suite || '/' || benchmark || '/' || metric AS benchmark_name, detected_at, baseline_sha,
  regression_sha, (level_after / NULLIF(level_before, 0) - 1) * 100 AS change_percent, confidence, status, evidence_path
FROM change_alerts JOIN series ON series.id = series_id JOIN alert_events ON alert_id = change_alerts.id
WHERE version = (SELECT MAX(version) FROM alert_events AS newest WHERE newest.alert_id = change_alerts.id)
)sql"},
    {"deploys", R"sql(
SELECT id, time AS deployed_at, environment, commit_sha, name FROM deployments
)sql"},
}};

std::string in_dialect(std::string_view sql, const Dialect& dialect) {
  std::string out(sql);
  for (const auto& [word, value] : {std::pair<std::string_view, std::string_view>{"{key}", dialect.key},
                                    {"{bytes}", dialect.bytes},
                                    {"{by_month}", dialect.by_month},
                                    {"{each_value}", dialect.each_value},
                                    {"{number}", dialect.number}})
    out = text::replace_all(std::move(out), word, value);
  return out;
}

// Raw values as JSON, and what views show of them. Bytes that are damaged are kept as a text that is damaged, so that
// reading says so.
Status move_raw_values(Connection& connection) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> old,
                connection.prepare("SELECT run_id, series_id, invocations, time FROM samples "
                                   "JOIN runs ON runs.id = run_id"));
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> raw,
                connection.prepare(insert_into("raw", "run_id, series_id, month, invocations")));
  PW_TRY_ASSIGN(
      const std::unique_ptr<Statement> described,
      connection.prepare("UPDATE samples SET cv = $3, p95 = $4, p99 = $5 WHERE run_id = $1 AND series_id = $2"));
  while (true) {
    PW_TRY_ASSIGN(const bool row, old->step());
    if (!row) return connection.execute(std::string(k_version_6_end));
    const std::int64_t run = old->integer(0);
    const std::int64_t series = old->integer(1);
    const auto values = decode_values(old->text(2));
    PW_TRY(raw->bind(run).bind(series).bind(month_of(old->text(3))).bind(values ? encode_numbers(*values) : "").run());
    if (!values) continue;
    const Described d = describe(*values);
    PW_TRY(described->bind(run).bind(series).bind(d.coefficient_of_variation).bind(d.p95).bind(d.p99).run());
  }
}

// A Step takes a database to the next version: by its text, then by its function, if any.
struct Step {
  std::string_view sql;
  Status (*then)(Connection&) = nullptr;
};

// Step i leads from version i to i + 1. Only ever append.
constexpr std::array k_steps{Step{k_version_1},  Step{k_version_2}, Step{k_version_3},
                             Step{k_version_4},  Step{k_version_5}, Step{k_version_6, move_raw_values},
                             Step{k_version_7},  Step{k_version_8}, Step{k_version_9},
                             Step{k_version_10}, Step{k_version_11}};
constexpr auto k_newest = static_cast<std::int64_t>(k_steps.size());

constexpr std::int64_t k_first_with_views = 6;

// Views go first, since tables that they name cannot be altered.
Status migrate_from(Connection& connection, std::int64_t version) {
  if (version >= k_first_with_views)
    for (const auto& [name, query] : k_views) PW_TRY(connection.execute(fmt::format("DROP VIEW IF EXISTS {}", name)));
  for (auto i = static_cast<std::size_t>(version); i < k_steps.size(); ++i) {
    PW_TRY(connection.execute(in_dialect(k_steps.at(i).sql, connection.dialect())));
    if (k_steps.at(i).then != nullptr) PW_TRY(k_steps.at(i).then(connection));
  }
  for (const auto& [name, query] : k_views)
    PW_TRY(connection.execute(fmt::format("CREATE VIEW {} AS {}", name, in_dialect(query, connection.dialect()))));
  return connection.claim(k_newest);
}

Error refused(const Connection& connection, std::string what, std::string hint) {
  return {.kind = ErrorKind::store, .what = std::move(what), .where = connection.place(), .hint = std::move(hint)};
}

}  // namespace

Result<bool> has_newest_schema(Connection& connection) {
  PW_TRY_ASSIGN(const Ownership now, connection.ownership());
  return now.ours && now.version == k_newest;
}

Status migrate(Connection& connection) {
  PW_TRY_ASSIGN(Ownership now, connection.ownership());
  if (now.ours && now.version == k_newest) return Nothing{};

  PW_TRY_ASSIGN(Transaction transaction, Transaction::begin(connection));
  // Asked again under the lock: another process may have made it meanwhile.
  PW_TRY_ASSIGN(now, connection.ownership());
  if ((!now.ours && !now.empty) || now.version < 0)
    return refused(connection, "this database belongs to another program",
                   "set `history:` to a path of its own, such as sqlite:.perfwarden/history.db");
  if (now.ours && now.version == 0)
    return refused(connection, "the history is damaged: it has no schema version, although perfwarden wrote it",
                   "restore it from the cache, or move it away to start a new one");
  if (now.version > k_newest)
    return refused(connection,
                   fmt::format("the history has schema version {}, but this perfwarden knows only up to {}",
                               now.version, k_newest),
                   "use a newer perfwarden, or set `history:` to another path");
  PW_TRY(migrate_from(connection, now.version));
  return transaction.commit();
}

}  // namespace perfwarden::store
