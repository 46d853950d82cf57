#include <fmt/format.h>

#include <array>

#include "store/database.hpp"

namespace perfwarden::store {
namespace {

// "pwh1" in the file's header: tells our files from those of other programs.
constexpr std::int64_t k_application_id = 0x70776831;

// Version 1.
//   machines     what must be equal for runs to be comparable; facts is a JSON list of [name, value]
//   runs         identity: session and commit, or a hash of the content when there is no session
//   series       names only; unit and direction may change from run to run, so they stand in samples
//   samples      invocations: every raw value, as encode_values() writes them. median, q1, q3 (over the invocations'
//                medians) are kept beside them for charts
//   comparisons  statistics of one series; NULL where a number is unknown; criteria and warnings are JSON
//   alerts       findings above pass, worst first
constexpr const char* k_version_1 = R"sql(
CREATE TABLE machines (
  id INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  facts TEXT NOT NULL,
  UNIQUE (fingerprint, facts)
);
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  identity TEXT NOT NULL UNIQUE,
  session TEXT NOT NULL,
  commit_sha TEXT NOT NULL,
  branch TEXT NOT NULL,
  time TEXT NOT NULL,
  machine_id INTEGER NOT NULL REFERENCES machines (id),
  config_hash TEXT NOT NULL,
  tool TEXT NOT NULL,
  base_commit TEXT NOT NULL,
  event TEXT NOT NULL,
  pull_request INTEGER NOT NULL,
  conclusion TEXT NOT NULL,
  warnings TEXT NOT NULL
);
CREATE INDEX runs_by_commit ON runs (commit_sha);
CREATE INDEX runs_by_time ON runs (time);
CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  suite TEXT NOT NULL,
  benchmark TEXT NOT NULL,
  metric TEXT NOT NULL,
  UNIQUE (suite, benchmark, metric)
);
CREATE TABLE samples (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  series_id INTEGER NOT NULL REFERENCES series (id),
  unit TEXT NOT NULL,
  better TEXT NOT NULL,
  deterministic INTEGER NOT NULL,
  is_primary INTEGER NOT NULL,
  original_unit TEXT NOT NULL,
  invocations BLOB NOT NULL,
  n INTEGER NOT NULL,
  median REAL,
  q1 REAL,
  q3 REAL,
  warnings TEXT NOT NULL,
  PRIMARY KEY (run_id, series_id)
);
CREATE INDEX samples_by_series ON samples (series_id);
CREATE TABLE comparisons (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  series_id INTEGER NOT NULL REFERENCES series (id),
  presence TEXT NOT NULL,
  design TEXT NOT NULL,
  base_n INTEGER NOT NULL,
  base_median REAL,
  base_cv REAL,
  base_values BLOB NOT NULL,
  head_n INTEGER NOT NULL,
  head_median REAL,
  head_cv REAL,
  pairs INTEGER NOT NULL,
  ratio REAL,
  ratio_low REAL,
  ratio_high REAL,
  difference REAL,
  difference_low REAL,
  difference_high REAL,
  interval_confidence REAL,
  p REAL,
  p_adjusted REAL,
  effect_d REAL,
  minimum_detectable REAL,
  significance TEXT NOT NULL,
  confidence TEXT NOT NULL,
  method TEXT NOT NULL,
  renamed_to TEXT NOT NULL,
  criteria TEXT NOT NULL,
  warnings TEXT NOT NULL,
  PRIMARY KEY (run_id, series_id)
);
CREATE TABLE alerts (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  suite TEXT NOT NULL,
  benchmark TEXT NOT NULL,
  metric TEXT NOT NULL,
  rule TEXT NOT NULL,
  level TEXT NOT NULL,
  op TEXT NOT NULL,
  expected REAL,
  actual REAL,
  unit TEXT NOT NULL,
  budget TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
);
)sql";

// Version 2.
//   runs.times   a JSON list of [suite, case, seconds]: what one invocation took, for the cutting of later runs
constexpr const char* k_version_2 = R"sql(
ALTER TABLE runs ADD COLUMN times TEXT NOT NULL DEFAULT '[]';
)sql";

// migrations[i] takes a file from version i to i + 1. Only ever append.
constexpr std::array k_migrations{k_version_1, k_version_2};

Error refused(const Database& database, std::string what, std::string hint) {
  return {.kind = ErrorKind::store, .what = std::move(what), .where = database.path(), .hint = std::move(hint)};
}

}  // namespace

Status migrate(Database& database) {
  constexpr auto k_newest = static_cast<std::int64_t>(k_migrations.size());
  PW_TRY_ASSIGN(std::int64_t version, database.integer("PRAGMA user_version"));
  PW_TRY_ASSIGN(std::int64_t application, database.integer("PRAGMA application_id"));
  if (application == k_application_id && version == k_newest) return Nothing{};

  PW_TRY_ASSIGN(Transaction transaction, Transaction::begin(database));
  // Read again under the lock: another process may have made it meanwhile.
  PW_TRY_ASSIGN(version, database.integer("PRAGMA user_version"));
  PW_TRY_ASSIGN(application, database.integer("PRAGMA application_id"));
  PW_TRY_ASSIGN(const std::int64_t tables, database.integer("SELECT count(*) FROM sqlite_schema"));
  if (application != k_application_id && (application != 0 || version != 0 || tables != 0))
    return refused(database, "this SQLite database belongs to another program",
                   "set `history:` to a path of its own, such as sqlite:.perfwarden/history.db");
  if (version > k_newest)
    return refused(
        database,
        fmt::format("the history has schema version {}, but this perfwarden knows only up to {}", version, k_newest),
        "use a newer perfwarden, or set `history:` to another path");
  for (std::int64_t i = version; i < k_newest; ++i) PW_TRY(database.execute(k_migrations[static_cast<std::size_t>(i)]));
  PW_TRY(database.execute(
      fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", k_application_id, k_newest).c_str()));
  return transaction.commit();
}

}  // namespace perfwarden::store
