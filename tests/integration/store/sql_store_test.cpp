#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <functional>

#include "integration/store/records.hpp"
#include "store/store.hpp"
#include "support/fakes.hpp"

namespace perfwarden::store {
namespace {

namespace fs = std::filesystem;
using support::TemporaryDirectory;

// Points of one series.
std::vector<HistoryPoint> points_of(Store& store, const SeriesId& wanted, HistoryQuery query) {
  query.series = [&](const SeriesId& id) { return id == wanted; };
  auto lines = store.history(query);
  EXPECT_TRUE(lines.has_value()) << lines.error().text();
  return lines && !lines->empty() ? lines->front().points : std::vector<HistoryPoint>();
}

TEST(SqlStore, MakesTheFileAndItsFolders) {
  const TemporaryDirectory directory;
  const std::string path = directory / "a/b/history.db";
  const mode_t before = umask(022);
  ASSERT_NE(open_or_fail(path), nullptr);
  umask(before);
  struct stat facts {};
  ASSERT_EQ(stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0644U);
  EXPECT_EQ(ask(path, "PRAGMA user_version"), "5");
  EXPECT_EQ(ask(path, "PRAGMA journal_mode"), "delete");
}

TEST(SqlStore, GivesTheRawSamplesBackExactly) {
  const TemporaryDirectory directory;
  const auto store = open_or_fail(directory / "history.db");
  RunRecord record = record_of(sha('a'), "2026-11-20T10:00:00Z", 0.1);
  record.head.warnings = {{"few-samples", "has 2"}};
  record.head.series[0].warnings = {{"unit-guessed", "took ms"}};
  Series bytes = series_of({"core", "parse/large", "max_rss"}, {{1048576}});
  bytes.metric = {"max_rss", "B", Better::higher, true, false};
  record.head.series.insert(record.head.series.begin(), bytes);
  record.head.series[1].plain_name = "large";
  record.head.series[1].qualifiers = {{"package", "x.org/\"a\""}, {"procs", "8"}};
  record.head.failures = {{"core", "", "parse/huge", 3, 8, true, "cannot open \"corpus\""}};
  ASSERT_TRUE(store->save(record).has_value());
  const auto back = store->samples_of(sha('a'));
  ASSERT_TRUE(back.has_value()) << back.error().text();
  ASSERT_TRUE(back->has_value());
  EXPECT_EQ((*back)->run, record.run);
  EXPECT_EQ((*back)->series, record.head.series);
  EXPECT_EQ((*back)->warnings, record.head.warnings);
  EXPECT_EQ((*back)->failures, record.head.failures) << "what fails is not gone from the history";
}

TEST(SqlStore, KeepsStatisticsAndFindingsWithUnknownNumbersAsNull) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  const auto store = open_or_fail(path);
  RunRecord record = record_of(sha('a'), "2026-11-20T10:00:00Z");
  record.base_commit = sha('b');
  record.event = "pull_request";
  record.pull_request = 17;
  record.conclusion = "fail";
  Comparison comparison;
  comparison.id = k_parse;
  comparison.ratio = 1.098;
  comparison.confidence = Confidence::high;
  comparison.significance = Significance::distinct;
  comparison.criteria = {{"magnitude", true, "+9.8 % ≥ 5 %"}};
  comparison.base_values = {0.1, 0.2};
  record.comparisons = {comparison};
  Finding finding;
  finding.rule = "relative-change";
  finding.series = k_parse;
  finding.level = Level::soft;
  finding.reason = "slower'); DROP TABLE runs; --";
  record.findings = {finding};
  ASSERT_TRUE(store->save(record).has_value());
  EXPECT_EQ(ask(path,
                "SELECT ratio || ' ' || (p IS NULL) || ' ' || confidence || ' ' || significance || ' ' || criteria "
                "FROM comparisons"),
            "1.098 1 HIGH distinct [[\"magnitude\",true,\"+9.8 % ≥ 5 %\"]]");
  EXPECT_EQ(ask(path, "SELECT length(base_values) FROM comparisons"), "20");
  EXPECT_EQ(ask(path, "SELECT level || ' ' || reason FROM findings"), "soft slower'); DROP TABLE runs; --");
  EXPECT_EQ(ask(path, "SELECT base_commit || event || pull_request || conclusion FROM runs"),
            sha('b') + "pull_request17fail");
}

TEST(SqlStore, SavingTheSameRunTwiceKeepsItOnce) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  const auto store = open_or_fail(path);
  RunRecord record = record_of(sha('a'), "2026-11-20T10:00:00Z");
  record.findings.resize(2);
  const auto first = store->save(record);
  record.conclusion = "fail";
  record.findings.resize(1);
  const auto second = store->save(record);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, *second);
  const auto runs = store->runs("", 10);
  ASSERT_EQ(runs->size(), 1U);
  EXPECT_EQ((*runs)[0].conclusion, "fail");
  EXPECT_EQ((*runs)[0].series, 1U);
  EXPECT_EQ((*runs)[0].findings, 1U);
}

TEST(SqlStore, RunWithoutASessionIsKnownByItsContent) {
  const TemporaryDirectory directory;
  const auto store = open_or_fail(directory / "history.db");
  RunRecord record = record_of(sha('a'), "2026-11-20T10:00:00Z");
  record.run.session.clear();
  const auto first = store->save(record);
  EXPECT_EQ(*store->save(record), *first);
  record.head.series[0].invocations[0][0] *= 2;
  EXPECT_NE(*store->save(record), *first);
}

TEST(SqlStore, BaseAndHeadOfOneSessionAreTwoRuns) {
  const TemporaryDirectory directory;
  const auto store = open_or_fail(directory / "history.db");
  const RunRecord head = record_of(sha('a'), "2026-11-20T10:00:00Z");
  const RunRecord base = record_of(sha('b'), "2026-11-20T10:00:00Z");
  EXPECT_NE(*store->save(head), *store->save(base));
  EXPECT_EQ(store->runs("", 10)->size(), 2U);
}

TEST(SqlStore, ListsRunsNewestFirst) {
  const TemporaryDirectory directory;
  const auto store = open_or_fail(directory / "history.db");
  for (const char digit : {'b', 'c', 'a'})
    ASSERT_TRUE(store->save(
        record_of(sha(digit), std::string("2026-11-0") + static_cast<char>(digit - 'a' + '1') + "T10:00:00Z")));
  const auto runs = store->runs("main", 2);
  ASSERT_EQ(runs->size(), 2U);
  EXPECT_EQ((*runs)[0].commit, sha('c'));
  EXPECT_EQ((*runs)[1].commit, sha('b'));
  EXPECT_EQ((*runs)[0].fingerprint, record_of("", "").run.machine.fingerprint);
  EXPECT_TRUE(store->runs("other", 10)->empty());
}

TEST(SqlStore, HistoryIsOldestFirstWithMedianAndQuartiles) {
  const TemporaryDirectory directory;
  const auto store = open_or_fail(directory / "history.db");
  ASSERT_TRUE(store->save(record_of(sha('b'), "2026-11-02T10:00:00Z", 2)));
  ASSERT_TRUE(store->save(record_of(sha('a'), "2026-11-01T10:00:00Z", 1)));
  ASSERT_TRUE(store->save(record_of(sha('c'), "2026-11-03T10:00:00Z", 3)));
  const auto points = points_of(*store, k_parse, {.branch = "main", .most = 2});
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].commit, sha('b'));
  EXPECT_EQ(points[1].commit, sha('c'));
  EXPECT_EQ(points[0].n, 2U);
  EXPECT_NEAR(points[0].median, 2.25, 1e-12);  // invocations 2.1 and 2.4
  EXPECT_NEAR(points[0].low, 2.175, 1e-12);
  EXPECT_NEAR(points[0].high, 2.325, 1e-12);
  EXPECT_EQ(points[0].unit, "s");
  EXPECT_TRUE(points_of(*store, {"core", "parse/large", "other"}, {.branch = "main"}).empty());
}

TEST(SqlStore, HistoryCanBeOfOneMachine) {
  const TemporaryDirectory directory;
  const auto store = open_or_fail(directory / "history.db");
  RunRecord other = record_of(sha('b'), "2026-11-02T10:00:00Z");
  other.run.machine.facts[0].second = "EPYC";
  seal(other.run.machine);
  ASSERT_TRUE(store->save(record_of(sha('a'), "2026-11-01T10:00:00Z")) && store->save(other));
  EXPECT_EQ(points_of(*store, k_parse, {.branch = "main"}).size(), 2U);
  const auto points = points_of(*store, k_parse, {.branch = "main", .fingerprint = other.run.machine.fingerprint});
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].commit, sha('b'));
}

TEST(SqlStore, ForkBranchCalledMainDoesNotEnterMainsHistory) {
  const TemporaryDirectory directory;
  const auto store = open_or_fail(directory / "history.db");
  RunRecord fork = record_of(sha('f'), "2026-11-09T10:00:00Z");
  fork.pull_request = 66;
  ASSERT_TRUE(store->save(record_of(sha('a'), "2026-11-01T10:00:00Z")) && store->save(fork));
  EXPECT_EQ(points_of(*store, k_parse, {.branch = "main"}).size(), 1U);
  EXPECT_EQ(store->runs("main", 10)->size(), 1U);
  EXPECT_EQ(store->runs("pull/66", 10)->size(), 1U);
  EXPECT_EQ(store->runs("pull/6", 10)->size(), 0U);
  EXPECT_EQ(store->runs("", 10)->size(), 2U);
}

TEST(SqlStore, FindsSamplesByPrefixAndRefusesAnAmbiguousOne) {
  const TemporaryDirectory directory;
  const auto store = open_or_fail(directory / "history.db");
  const std::string one = "abcd1" + std::string(35, '0');
  const std::string two = "abcd2" + std::string(35, '0');
  ASSERT_TRUE(store->save(record_of(one, "2026-11-01T10:00:00Z")) &&
              store->save(record_of(two, "2026-11-02T10:00:00Z")));
  ASSERT_TRUE(store->save(record_of(one, "2026-11-03T10:00:00Z", 7)));
  const auto found = store->samples_of("ABCD1");
  ASSERT_TRUE(found.has_value() && found->has_value());
  EXPECT_EQ((*found)->run.commit, one);
  EXPECT_EQ((*found)->series[0].invocations[0][0], 7) << "the newest run of the commit";
  const auto ambiguous = store->samples_of("abcd");
  ASSERT_FALSE(ambiguous.has_value());
  EXPECT_EQ(ambiguous.error().kind, ErrorKind::usage);
  EXPECT_FALSE(store->samples_of("ffff")->has_value());
  for (const char* bad : {"", "abc", "main", "%%%%", "abcd'--"})
    EXPECT_FALSE(store->samples_of(bad).has_value()) << bad;
}

TEST(SqlStore, KeepsHostileNamesAsTheyAre) {
  const TemporaryDirectory directory;
  const auto store = open_or_fail(directory / "history.db");
  RunRecord record = record_of(sha('a'), "2026-11-01T10:00:00Z");
  const std::vector<std::string> names{"'; DROP TABLE runs; --", std::string("nul\0byte", 8), "\xFF\xFE not utf-8",
                                       "%_*?[", std::string(100000, 'x')};
  record.head.series.clear();
  for (const std::string& name : names)
    record.head.series.push_back(series_of({"core", name, "wall_time"}, {{1}, {2}}));
  record.run.branch = "$(touch x)\n--upload-pack=x";
  ASSERT_TRUE(store->save(record));
  for (const std::string& name : names)
    EXPECT_EQ(points_of(*store, {"core", name, "wall_time"}, {.branch = record.run.branch}).size(), 1U)
        << name.substr(0, 30);
  EXPECT_EQ((*store->runs("", 1))[0].branch, record.run.branch);
}

TEST(SqlStore, ManyRunsAreSavedAllOrNothing) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  const auto store = open_or_fail(path);
  std::vector<RunRecord> records{record_of(sha('a'), "2026-11-01T10:00:00Z"),
                                 record_of(sha('b'), "2026-11-02T10:00:00Z")};
  const auto ids = store->save(records);
  ASSERT_TRUE(ids.has_value());
  EXPECT_EQ(ids->size(), 2U);
  sql(path, "CREATE UNIQUE INDEX one_reason ON findings (reason)");
  records = {record_of(sha('c'), "2026-11-03T10:00:00Z"), record_of(sha('d'), "2026-11-04T10:00:00Z")};
  records[1].findings.resize(2);  // the second breaks the index
  EXPECT_FALSE(store->save(records).has_value());
  EXPECT_EQ(store->runs("", 10)->size(), 2U);
}

TEST(SqlStore, OfASeriesThatStandsTwiceInARunTheFirstIsKept) {
  const TemporaryDirectory directory;
  const auto store = open_or_fail(directory / "history.db");
  RunRecord record = record_of(sha('a'), "2026-11-01T10:00:00Z");
  record.head.series = {series_of(k_parse, {{1}}), series_of(k_parse, {{2}})};
  ASSERT_TRUE(store->save(record));
  EXPECT_EQ((*store->samples_of(sha('a')))->series.at(0).invocations[0][0], 1);
}

TEST(SqlStore, TimesAreThoseOfTheNewestRunOfTheBranchThatKnowsThem) {
  const TemporaryDirectory directory;
  const auto store = open_or_fail(directory / "history.db");
  EXPECT_TRUE(store->times("main")->empty());
  RunRecord known = record_of(sha('a'), "2026-11-01T10:00:00Z");
  RunRecord unknown = record_of(sha('b'), "2026-11-02T10:00:00Z");
  unknown.run.times.clear();
  RunRecord fork = record_of(sha('c'), "2026-11-03T10:00:00Z");
  fork.run.times = {{"core", "fork", 9}};
  fork.pull_request = 66;
  ASSERT_TRUE(store->save(known) && store->save(unknown) && store->save(fork));
  EXPECT_EQ(*store->times("main"), known.run.times);
  EXPECT_TRUE(store->times("other")->empty());
}

TEST(SqlStore, SurvivesReopening) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  ASSERT_TRUE(open_or_fail(path)->save(record_of(sha('a'), "2026-11-01T10:00:00Z")));
  EXPECT_EQ(open_or_fail(path)->runs("", 10)->size(), 1U);
}

TEST(SqlStore, FailedSaveLeavesNothingBehind) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  const auto store = open_or_fail(path);
  sql(path, "DROP TABLE findings");
  RunRecord record = record_of(sha('a'), "2026-11-01T10:00:00Z");
  record.findings.resize(1);
  EXPECT_FALSE(store->save(record).has_value());
  EXPECT_EQ(ask(path, "SELECT count(*) FROM runs"), "0");
  EXPECT_EQ(ask(path, "SELECT count(*) FROM samples"), "0");
}

TEST(SqlStore, RefusesWhatIsNoDatabaseAndSaysTheCure) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("history.db", std::string(4096, 'x'));
  const auto opened = open("sqlite:" + path, Access::write);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().kind, ErrorKind::store);
  EXPECT_EQ(opened.error().where, path);
  EXPECT_NE(opened.error().hint.find("move the file away"), std::string::npos);
  EXPECT_EQ(support::slurp(path), std::string(4096, 'x')) << "it is left as it was";
}

TEST(SqlStore, DamagedPagesAreAnErrorNotACrash) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  {
    const auto store = open_or_fail(path);
    for (int i = 10; i < 40; ++i)
      ASSERT_TRUE(store->save(record_of(sha('a'), "2026-11-01T10:00:" + std::to_string(i) + "Z")));
  }
  const std::string good = support::slurp(path);
  for (std::size_t cut = 1; cut < 8; ++cut) {
    std::string bad = good;
    for (std::size_t at = 100; at < bad.size(); at += 97 * cut) bad[at] = '\x5A';
    directory.write("bad.db", bad);
    const auto opened = open("sqlite:" + (directory / "bad.db"), Access::write);
    if (!opened) {
      EXPECT_EQ(opened.error().kind, ErrorKind::store);
      continue;
    }
    const auto runs = (*opened)->runs("", 100);
    EXPECT_TRUE(runs || !runs.error().hint.empty());
    (void)(*opened)->samples_of(sha('a'));
    (void)(*opened)->save(record_of(sha('b'), "2026-11-02T10:00:00Z"));
  }
  directory.write("short.db", good.substr(0, good.size() / 2));
  const auto opened = open("sqlite:" + (directory / "short.db"), Access::write);
  const bool refused = !opened || !(*opened)->runs("", 100) || !(*opened)->samples_of(sha('a'));
  EXPECT_TRUE(refused);
}

TEST(SqlStore, DamagedValuesAreNamed) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  const auto store = open_or_fail(path);
  ASSERT_TRUE(store->save(record_of(sha('a'), "2026-11-01T10:00:00Z")));
  sql(path, "UPDATE samples SET invocations = x'FFFFFFFF'");
  const auto samples = store->samples_of(sha('a'));
  ASSERT_FALSE(samples.has_value());
  EXPECT_NE(samples.error().what.find("core/parse/large/wall_time"), std::string::npos);
}

TEST(SqlStore, TriggersOfAStrangersFileDoNotRun) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  ASSERT_NE(open_or_fail(path), nullptr);
  sql(path, "CREATE TRIGGER evil AFTER INSERT ON runs BEGIN UPDATE runs SET conclusion = 'pass'; END");
  const auto store = open_or_fail(path);
  RunRecord record = record_of(sha('a'), "2026-11-01T10:00:00Z");
  record.conclusion = "fail";
  ASSERT_TRUE(store->save(record));
  EXPECT_EQ((*store->runs("", 1))[0].conclusion, "fail");
}

TEST(SqlStore, AnEndlessViewInPlaceOfATableIsAnErrorAtOnce) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  ASSERT_NE(open_or_fail(path), nullptr);
  sql(path,
      "PRAGMA foreign_keys = OFF; DROP TABLE runs; CREATE VIEW runs AS WITH RECURSIVE e(id) AS (SELECT 1 UNION ALL "
      "SELECT "
      "id + 1 FROM e) SELECT id, '' AS identity, '' AS session, '' AS commit_sha, '' AS branch, '' AS time, 1 AS "
      "machine_id, '' AS config_hash, '' AS tool, '' AS base_commit, '' AS event, 0 AS pull_request, '' AS conclusion, "
      "'' "
      "AS warnings FROM e");
  const auto store = store::open("sqlite:" + path, Access::read);
  EXPECT_FALSE(store && (*store)->runs("", 1)) << "a query of it would never end";
}

TEST(SqlStore, FolderThatCannotBeMadeIsAnErrorWithTheCure) {
  const TemporaryDirectory directory;
  directory.write("file", "x");
  const auto opened = open("sqlite:" + (directory / "file/history.db"), Access::write);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().kind, ErrorKind::store);
  EXPECT_FALSE(opened.error().hint.empty());
}

// Runs `work` in a child that is not root, since root may write anywhere; gives its exit status.
int as_nobody(const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setuid(65534) != 0) _exit(99);
    _exit(work());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(SqlStore, ReadOnlyFolderIsAnErrorAndReadingStillWorks) {
  const TemporaryDirectory directory;
  fs::permissions(directory.path(), static_cast<fs::perms>(0755));
  const std::string path = directory / "locked/history.db";
  ASSERT_TRUE(open_or_fail(path)->save(record_of(sha('a'), "2026-11-01T10:00:00Z")));
  fs::permissions(path, static_cast<fs::perms>(0444));
  fs::permissions(directory / "locked", static_cast<fs::perms>(0555));
  EXPECT_EQ(as_nobody([&] {
              auto made = open("sqlite:" + (directory / "locked/new.db"), Access::write);
              return !made && made.error().kind == ErrorKind::store && !made.error().hint.empty() ? 0 : 1;
            }),
            0);
  EXPECT_EQ(as_nobody([&] {
              auto opened = open("sqlite:" + path, Access::write);
              if (!opened) return 1;
              if ((*opened)->runs("", 5)->size() != 1) return 2;
              const auto saved = (*opened)->save(record_of(sha('b'), "2026-11-02T10:00:00Z"));
              return !saved && saved.error().what.find("cannot be written") != std::string::npos ? 0 : 3;
            }),
            0);
  fs::permissions(directory / "locked", static_cast<fs::perms>(0755));
}

TEST(SqlStore, TwoProcessesWriteAtOnceAndBothSucceed) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  constexpr int k_each = 20;
  std::vector<pid_t> children;
  for (const char digit : {'a', 'b'}) {
    const pid_t child = fork();
    if (child == 0) {
      auto store = open("sqlite:" + path, Access::write);  // both make the schema, too
      if (!store) _exit(1);
      for (int i = 10; i < 10 + k_each; ++i)
        if (!(*store)->save(record_of(sha(digit), "2026-11-01T10:00:" + std::to_string(i) + "Z"))) _exit(2);
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(open_or_fail(path)->runs("", 1000)->size(), 2U * k_each);
}

TEST(OpenStore, LookingWhetherThereIsOneMakesNone) {
  const TemporaryDirectory directory;
  const std::string path = directory / "history.db";
  EXPECT_FALSE(exists("sqlite:" + path).value_or(true));
  EXPECT_FALSE(fs::exists(path));
  ASSERT_NE(open_or_fail(path), nullptr);
  EXPECT_TRUE(exists("sqlite:" + path).value_or(false));
  EXPECT_FALSE(exists(path).has_value()) << "an address, not a path";
}

TEST(OpenStore, RefusesOtherAddresses) {
  for (const char* url : {"", "sqlite:", "postgres://host/db", "history.db", "SQLITE:x"}) {
    const auto opened = open(url, Access::write);
    ASSERT_FALSE(opened.has_value()) << url;
    EXPECT_NE(opened.error().hint.find("sqlite:"), std::string::npos);
  }
}

}  // namespace
}  // namespace perfwarden::store
