#include <gtest/gtest.h>

#include <array>
#include <string>

#include "integration/store/records.hpp"
#include "os/files/files.hpp"
#include "support/fakes.hpp"

// Files of every older version, made by the statements that made them then.
namespace perfwarden::store {
namespace {

using support::TemporaryDirectory;

constexpr const char* k_first_schema = R"sql(
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

// What took a file from version i + 1 to i + 2.
constexpr std::array k_later_schemas{
    "ALTER TABLE runs ADD COLUMN times TEXT NOT NULL DEFAULT '[]';",
    "ALTER TABLE alerts RENAME TO findings; UPDATE comparisons SET presence = 'only_base' WHERE presence = "
    "'only-base'; "
    "UPDATE comparisons SET presence = 'only_head' WHERE presence = 'only-head';",
    "ALTER TABLE runs ADD COLUMN digest TEXT NOT NULL DEFAULT '';",
    "ALTER TABLE runs ADD COLUMN failures TEXT NOT NULL DEFAULT '[]'; "
    "ALTER TABLE samples ADD COLUMN naming TEXT NOT NULL DEFAULT '';",
};

// A run as each version wrote it: 1.5 s and 2.5 s, vanished and new series, one finding.
constexpr const char* k_old_rows = R"sql(
INSERT INTO machines VALUES (1, '0123456789abcdef', '[["cpu","Ryzen"]]');
INSERT INTO runs (id, identity, session, commit_sha, branch, time, machine_id, config_hash, tool, base_commit, event,
  pull_request, conclusion, warnings)
  VALUES (7, 's/a', 's', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'main', '2026-11-20T10:00:00Z', 1, 'c0ffee',
  'perfwarden 0.1.0', '', 'push', 0, 'fail', '[["few-samples","has 2"]]');
INSERT INTO series VALUES (3, 'core', 'parse/large', 'wall_time'), (4, 'core', 'gone', 'wall_time'),
  (5, 'core', 'fresh', 'wall_time');
INSERT INTO samples VALUES (7, 3, 's', 'lower', 0, 1, 'ms',
  x'01000000000000000000F83F010000000000000000000440', 2, 2.0, 1.75, 2.25, '[]');
INSERT INTO comparisons (run_id, series_id, presence, design, base_n, base_values, head_n, pairs, ratio, significance,
  confidence, method, renamed_to, criteria, warnings)
  VALUES (7, 3, 'both', 'interleaved', 2, x'', 2, 2, 1.1, 'distinct', 'HIGH', 'exact', '', '[]', '[]'),
  (7, 4, 'only-base', 'interleaved', 2, x'', 0, 0, NULL, 'undecidable', '', '', '', '[]', '[]'),
  (7, 5, 'only-head', 'interleaved', 0, x'', 2, 0, NULL, 'undecidable', '', '', '', '[]', '[]');
INSERT INTO alerts VALUES (7, 0, 'core', 'parse/large', 'wall_time', 'relative-change', 'soft', '<=', 0.05, 0.1, '%',
  '*', 'slower');
)sql";

std::string old_file(const TemporaryDirectory& directory, int version) {
  std::string path = directory / "history.db";
  sql(path, k_first_schema);
  sql(path, k_old_rows);
  for (int i = 1; i < version; ++i) sql(path, k_later_schemas.at(static_cast<std::size_t>(i - 1)));
  if (version > 1) sql(path, "UPDATE runs SET times = '[[\"core\",\"large\",1.25]]'");
  sql(path, "PRAGMA application_id = 1886873649; PRAGMA user_version = " + std::to_string(version));
  return path;
}

class OldVersions : public testing::TestWithParam<int> {};

TEST_P(OldVersions, AreTakenOverWithAllThatTheyHold) {
  const TemporaryDirectory directory;
  const std::string path = old_file(directory, GetParam());
  const auto store = open_or_fail(path);
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(ask(path, "PRAGMA user_version"), "11");
  EXPECT_EQ(ask(path, "SELECT rule || ' ' || level || ' ' || actual FROM findings WHERE run_id = 7"),
            "relative-change soft 0.1");
  EXPECT_EQ(ask(path, "SELECT type FROM sqlite_schema WHERE name = 'alerts'"), "view");
  EXPECT_EQ(ask(path, "SELECT group_concat(presence) FROM (SELECT presence FROM comparisons ORDER BY series_id)"),
            "both,only_base,only_head");
  const auto runs = store->runs("main", 10);
  ASSERT_TRUE(runs.has_value()) << runs.error().text();
  ASSERT_EQ(runs->size(), 1U);
  EXPECT_EQ((*runs)[0].id, 7);
  EXPECT_EQ((*runs)[0].findings, 1U);
  const auto kept = store->samples_of(sha('a'));
  ASSERT_TRUE(kept && *kept);
  EXPECT_EQ((*kept)->series.at(0).invocations, (std::vector<std::vector<double>>{{1.5}, {2.5}}));
  EXPECT_EQ(
      ask(path, "SELECT month || ' ' || p99 || ' ' || round(cv, 3) FROM raw JOIN samples USING (run_id, series_id)"),
      "2026-11 2.49 0.354");
  EXPECT_EQ((*kept)->warnings.size(), 1U);
  EXPECT_EQ((*kept)->run.times.size(), GetParam() > 1 ? 1U : 0U);
}

TEST_P(OldVersions, TakeNewRunsAfterwards) {
  const TemporaryDirectory directory;
  const std::string path = old_file(directory, GetParam());
  const auto store = open_or_fail(path);
  RunRecord record = record_of(sha('b'), "2026-11-21T10:00:00Z");
  Comparison vanished;
  vanished.id = {"core", "gone", "wall_time"};
  vanished.presence = Presence::only_base;
  record.comparisons = {vanished};
  record.findings.resize(1);
  ASSERT_TRUE(store->save(record));
  EXPECT_EQ(ask(path, "SELECT count(*) FROM findings"), "2");
  EXPECT_EQ(ask(path, "SELECT count(*) FROM comparisons WHERE presence = 'only_base'"), "2");
  const auto lines = store->history({.branch = "main"});
  ASSERT_EQ(lines->size(), 1U);
  EXPECT_EQ((*lines)[0].points.size(), 2U);
}

TEST_P(OldVersions, AreReadWhereNothingMayBeWrittenAndStayAsTheyWere) {
  const TemporaryDirectory directory;
  const std::string path = old_file(directory, GetParam());
  const std::string before = support::slurp(path);
  const auto store = open("sqlite:" + path, Access::read);
  ASSERT_TRUE(store) << store.error().text();
  const auto runs = (*store)->runs("main", 10);
  ASSERT_TRUE(runs) << runs.error().text();
  EXPECT_EQ(runs->size(), 1U);
  const auto kept = (*store)->samples_of(sha('a'));
  ASSERT_TRUE(kept && *kept);
  EXPECT_EQ(support::slurp(path), before);
}

TEST(Schema, ReadingMakesNoHistoryAndSavesNothing) {
  const TemporaryDirectory directory;
  EXPECT_FALSE(open("sqlite:" + (directory / "none/history.db"), Access::read));
  EXPECT_FALSE(os::exists(directory / "none"));
  const std::string path = directory / "history.db";
  ASSERT_NE(open_or_fail(path), nullptr);
  const auto store = open("sqlite:" + path, Access::read);
  ASSERT_TRUE(store) << store.error().text();
  EXPECT_FALSE((*store)->save(record_of(sha('b'), "2026-11-21T10:00:00Z")));
  EXPECT_EQ(ask(path, "SELECT count(*) FROM runs"), "0");
}

TEST(Schema, OneWithoutAVersionIsDamagedAndSaysSo) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  ASSERT_NE(open_or_fail(path), nullptr);
  sql(path, "PRAGMA user_version = 0");
  for (const Access access : {Access::read, Access::write}) {
    const auto opened = open("sqlite:" + path, access);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().what.find("is damaged"), std::string::npos) << opened.error().what;
  }
}

INSTANTIATE_TEST_SUITE_P(All, OldVersions, testing::Range(1, 6));

TEST(Schema, ANewerOneIsRefusedAndLeftAlone) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  ASSERT_NE(open_or_fail(path), nullptr);
  sql(path, "PRAGMA user_version = 99");
  const auto opened = open("sqlite:" + path, Access::write);
  ASSERT_FALSE(opened.has_value());
  EXPECT_NE(opened.error().what.find("version 99"), std::string::npos);
  EXPECT_NE(opened.error().hint.find("newer perfwarden"), std::string::npos);
  EXPECT_EQ(ask(path, "PRAGMA user_version"), "99");
}

TEST(Schema, TheDatabaseOfAnotherProgramIsRefusedAndLeftAlone) {
  const TemporaryDirectory directory;
  const std::string path = directory / "other.db";
  sql(path, "CREATE TABLE bookmarks (id)");
  const auto opened = open("sqlite:" + path, Access::write);
  ASSERT_FALSE(opened.has_value());
  EXPECT_NE(opened.error().what.find("another program"), std::string::npos);
  EXPECT_EQ(ask(path, "SELECT count(*) FROM sqlite_schema"), "1");
}

TEST(Schema, AVersionThatNobodyEverWroteIsRefused) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  ASSERT_NE(open_or_fail(path), nullptr);
  sql(path, "PRAGMA user_version = -7");
  EXPECT_FALSE(open("sqlite:" + path, Access::write).has_value());
}

TEST(Schema, AStepThatFailsLeavesTheOldFileAsItWas) {
  const TemporaryDirectory directory;
  const std::string path = old_file(directory, 1);
  sql(path, "CREATE TABLE findings (mine)");
  const auto opened = open("sqlite:" + path, Access::write);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().where, path);
  EXPECT_EQ(ask(path, "PRAGMA user_version"), "1");
  EXPECT_EQ(ask(path, "SELECT count(*) FROM pragma_table_info('runs') WHERE name = 'times'"), "0");
  EXPECT_EQ(ask(path, "SELECT count(*) FROM alerts"), "1");
}

}  // namespace
}  // namespace perfwarden::store
