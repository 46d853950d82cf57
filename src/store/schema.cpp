#include "store/schema.hpp"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>

#include "base/text.hpp"

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

// Step i takes a database from version i to i + 1. Only ever append; {key} and {bytes} are the dialect's types.
constexpr std::array k_steps{k_version_1, k_version_2, k_version_3, k_version_4, k_version_5};
constexpr auto k_newest = static_cast<std::int64_t>(k_steps.size());

std::string in_dialect(std::string_view sql, const Dialect& dialect) {
  return text::replace_all(text::replace_all(std::string(sql), "{key}", dialect.key), "{bytes}", dialect.bytes);
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
  for (std::int64_t i = now.version; i < k_newest; ++i)
    PW_TRY(connection.execute(in_dialect(k_steps.at(static_cast<std::size_t>(i)), connection.dialect())));
  PW_TRY(connection.claim(k_newest));
  return transaction.commit();
}

}  // namespace perfwarden::store
