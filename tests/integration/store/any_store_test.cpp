#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "integration/store/any_store.hpp"

// What every history does, whatever database keeps it.
namespace perfwarden::store {
namespace {

// Points of one series.
std::vector<HistoryPoint> points_of(Store& store, const SeriesId& wanted, HistoryQuery query) {
  query.series = [&](const SeriesId& id) { return id == wanted; };
  auto lines = store.history(query);
  EXPECT_TRUE(lines.has_value()) << lines.error().text();
  return lines && !lines->empty() ? lines->front().points : std::vector<HistoryPoint>();
}

TEST_P(AnyStore, GivesTheRawSamplesBackExactly) {
  const auto store = open_store();
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

TEST_P(AnyStore, KeepsStatisticsAndFindingsWithUnknownNumbersAsNull) {
  const auto store = open_store();
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
  EXPECT_EQ(ask("SELECT ratio || ' ' || CASE WHEN p IS NULL THEN 'null' ELSE 'known' END || ' ' || confidence || ' ' "
                "|| significance || ' ' || criteria "
                "FROM comparisons"),
            "1.098 null HIGH distinct [[\"magnitude\",true,\"+9.8 % ≥ 5 %\"]]");
  EXPECT_EQ(ask("SELECT length(base_values) FROM comparisons"), "20");
  EXPECT_EQ(ask("SELECT level || ' ' || reason FROM findings"), "soft slower'); DROP TABLE runs; --");
  EXPECT_EQ(ask("SELECT base_commit || event || pull_request || conclusion FROM runs"),
            sha('b') + "pull_request17fail");
}

TEST_P(AnyStore, SavingTheSameRunTwiceKeepsItOnce) {
  const auto store = open_store();
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

TEST_P(AnyStore, RunWithoutASessionIsKnownByItsContent) {
  const auto store = open_store();
  RunRecord record = record_of(sha('a'), "2026-11-20T10:00:00Z");
  record.run.session.clear();
  const auto first = store->save(record);
  EXPECT_EQ(*store->save(record), *first);
  record.head.series[0].invocations[0][0] *= 2;
  EXPECT_NE(*store->save(record), *first);
}

TEST_P(AnyStore, BaseAndHeadOfOneSessionAreTwoRuns) {
  const auto store = open_store();
  const RunRecord head = record_of(sha('a'), "2026-11-20T10:00:00Z");
  const RunRecord base = record_of(sha('b'), "2026-11-20T10:00:00Z");
  EXPECT_NE(*store->save(head), *store->save(base));
  EXPECT_EQ(store->runs("", 10)->size(), 2U);
}

TEST_P(AnyStore, KeepsWhatPeopleAcceptedOnce) {
  const auto store = open_store();
  Event event{"2026-11-20T10:00:00Z", "accepted", sha('a'), 7, "ann", "core/*", "it's \"worth\" it"};
  ASSERT_TRUE(store->add_event(event).has_value());
  Event again = event;
  again.time = "2026-11-21T10:00:00Z";
  ASSERT_TRUE(store->add_event(again).has_value());
  Event other = event;
  other.subject = "";
  ASSERT_TRUE(store->add_event(other).has_value());
  EXPECT_EQ(store->events(10).value_or({}), (std::vector<Event>{other, event}));
  EXPECT_EQ(store->events(1).value_or({}), std::vector<Event>{other});
}

TEST_P(AnyStore, KeepsDeploymentsOnceAndInTheOrderOfTheirTimes) {
  const auto store = open_store();
  const Deployment second{"2026-11-21T10:00:00Z", "production", sha('b'), "v1.1'; DROP TABLE runs; --"};
  const Deployment first{"2026-11-20T10:00:00Z", "production", sha('a'), ""};
  EXPECT_EQ(store->add_deployments(std::vector{second, first}).value_or(9), 2U);
  EXPECT_EQ(store->add_deployments(std::vector{first}).value_or(9), 0U);
  Deployment elsewhere = first;
  elsewhere.environment = "staging";
  EXPECT_EQ(store->add_deployments(std::vector{elsewhere}).value_or(9), 1U);
  EXPECT_EQ(store->deployments().value_or({}), (std::vector<Deployment>{first, elsewhere, second}));
  EXPECT_EQ(ask("SELECT deployed_at || ' ' || environment || ' ' || name FROM deploys ORDER BY deployed_at DESC"),
            "2026-11-21T10:00:00Z production v1.1'; DROP TABLE runs; --");
}

TEST_P(AnyStore, SaysWhatRunsOfABranchSaidAboutSeriesThatBrokeALimit) {
  const auto store = open_store();
  const SeriesId sort{"core", "sort", "throughput"};
  const auto run = [&](char commit, char base, const std::string& time, double parse, double throughput, bool broken) {
    RunRecord record = record_of(sha(commit), time);
    record.base_commit = sha(base);
    record.head.series.push_back(series_of(sort, {{1}}));
    record.head.series.back().metric.better = Better::higher;
    for (const auto& [id, ratio] : {std::pair{k_parse, parse}, std::pair{sort, throughput}}) {
      Comparison comparison;
      comparison.id = id;
      comparison.ratio = ratio;
      record.comparisons.push_back(comparison);
    }
    if (broken) {
      Finding finding;
      finding.rule = "budget";
      finding.series = sort;
      finding.level = Level::soft;
      record.findings.push_back(finding);
    }
    return record;
  };
  ASSERT_TRUE(store->save(run('b', 'a', "2026-11-20T10:00:00Z", 1, 0.8, true)).has_value());
  ASSERT_TRUE(store->save(run('c', 'b', "2026-11-21T10:00:00Z", 1, 1, false)).has_value());
  RunRecord forks = run('d', 'b', "2026-11-22T10:00:00Z", 1, 0.5, true);
  forks.pull_request = 7;
  ASSERT_TRUE(store->save(forks).has_value());
  const auto words = store->words("main", 10);
  ASSERT_TRUE(words.has_value()) << words.error().text();
  ASSERT_EQ(words->size(), 1U) << "of no other series";
  EXPECT_EQ(words->front().id, sort);
  ASSERT_EQ(words->front().runs.size(), 2U) << "a pull request's runs are not the branch's";
  const std::vector<RunWord>& runs = words->front().runs;
  EXPECT_EQ(runs[0].commit, sha('b'));
  EXPECT_EQ(runs[0].base_commit, sha('a'));
  EXPECT_TRUE(runs[0].confirmed);
  EXPECT_NEAR(runs[0].worse_by, 0.25, 1e-12) << "higher is better";
  EXPECT_FALSE(runs[1].confirmed);
  EXPECT_EQ(store->words("main", 1)->size(), 0U) << "the newest run alone broke nothing";
}

TEST_P(AnyStore, ListsRunsNewestFirst) {
  const auto store = open_store();
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

TEST_P(AnyStore, HistoryIsOldestFirstWithMedianAndQuartiles) {
  const auto store = open_store();
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

TEST_P(AnyStore, HistoryCanBeOfOneMachine) {
  const auto store = open_store();
  RunRecord other = record_of(sha('b'), "2026-11-02T10:00:00Z");
  other.run.machine.facts[0].second = "EPYC";
  seal(other.run.machine);
  ASSERT_TRUE(store->save(record_of(sha('a'), "2026-11-01T10:00:00Z")) && store->save(other));
  EXPECT_EQ(points_of(*store, k_parse, {.branch = "main"}).size(), 2U);
  const auto points = points_of(*store, k_parse, {.branch = "main", .fingerprint = other.run.machine.fingerprint});
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].commit, sha('b'));
}

TEST_P(AnyStore, ForkBranchCalledMainDoesNotEnterMainsHistory) {
  const auto store = open_store();
  RunRecord fork = record_of(sha('f'), "2026-11-09T10:00:00Z");
  fork.pull_request = 66;
  ASSERT_TRUE(store->save(record_of(sha('a'), "2026-11-01T10:00:00Z")) && store->save(fork));
  EXPECT_EQ(points_of(*store, k_parse, {.branch = "main"}).size(), 1U);
  EXPECT_EQ(store->runs("main", 10)->size(), 1U);
  EXPECT_EQ(store->runs("pull/66", 10)->size(), 1U);
  EXPECT_EQ(store->runs("pull/6", 10)->size(), 0U);
  EXPECT_EQ(store->runs("", 10)->size(), 2U);
}

TEST_P(AnyStore, FindsSamplesByPrefixAndRefusesAnAmbiguousOne) {
  const auto store = open_store();
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

TEST_P(AnyStore, KeepsHostileNamesAsTheyAre) {
  const auto store = open_store();
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

TEST_P(AnyStore, ManyRunsAreSavedAllOrNothing) {
  const auto store = open_store();
  std::vector<RunRecord> records{record_of(sha('a'), "2026-11-01T10:00:00Z"),
                                 record_of(sha('b'), "2026-11-02T10:00:00Z")};
  const auto ids = store->save(records);
  ASSERT_TRUE(ids.has_value());
  EXPECT_EQ(ids->size(), 2U);
  ask("CREATE UNIQUE INDEX one_reason ON findings (reason)");
  records = {record_of(sha('c'), "2026-11-03T10:00:00Z"), record_of(sha('d'), "2026-11-04T10:00:00Z")};
  records[1].findings.resize(2);  // the second breaks the index
  EXPECT_FALSE(store->save(records).has_value());
  EXPECT_EQ(store->runs("", 10)->size(), 2U);
}

TEST_P(AnyStore, OfASeriesThatStandsTwiceInARunTheFirstIsKept) {
  const auto store = open_store();
  RunRecord record = record_of(sha('a'), "2026-11-01T10:00:00Z");
  record.head.series = {series_of(k_parse, {{1}}), series_of(k_parse, {{2}})};
  ASSERT_TRUE(store->save(record));
  EXPECT_EQ((*store->samples_of(sha('a')))->series.at(0).invocations[0][0], 1);
}

TEST_P(AnyStore, TimesAreThoseOfTheNewestRunOfTheBranchThatKnowsThem) {
  const auto store = open_store();
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

TEST_P(AnyStore, SurvivesReopening) {
  ASSERT_TRUE(open_store()->save(record_of(sha('a'), "2026-11-01T10:00:00Z")));
  EXPECT_EQ(open_store()->runs("", 10)->size(), 1U);
}

TEST_P(AnyStore, FailedSaveLeavesNothingBehind) {
  const auto store = open_store();
  ask("DROP TABLE findings");
  RunRecord record = record_of(sha('a'), "2026-11-01T10:00:00Z");
  record.findings.resize(1);
  EXPECT_FALSE(store->save(record).has_value());
  EXPECT_EQ(ask("SELECT count(*) FROM runs"), "0");
  EXPECT_EQ(ask("SELECT count(*) FROM samples"), "0");
}

TEST_P(AnyStore, DamagedValuesAreNamed) {
  const auto store = open_store();
  ASSERT_TRUE(store->save(record_of(sha('a'), "2026-11-01T10:00:00Z")));
  ask("UPDATE raw SET invocations = '[[1'");
  const auto samples = store->samples_of(sha('a'));
  ASSERT_FALSE(samples.has_value());
  EXPECT_NE(samples.error().what.find("core/parse/large/wall_time"), std::string::npos);
}

// A store sees its part of a record only; this is the rest of it.
RunRecord judged_record(char digit, const std::string& time) {
  RunRecord record = record_of(sha(digit), time);
  record.base_commit = sha('0');
  record.event = "pull_request";
  record.pull_request = 17;
  record.conclusion = "fail";
  Comparison& comparison = record.comparisons.emplace_back();
  comparison.id = k_parse;
  comparison.ratio = 1.098;
  comparison.ratio_interval = {1.08, 1.12, 0.99};
  comparison.base_values = {0.1, 0.2};
  comparison.significance = Significance::distinct;
  comparison.confidence = Confidence::high;
  comparison.criteria = {{k_criteria[0], true, "+9.8 % ≥ 5 %"}};
  Finding& finding = record.findings.emplace_back();
  finding.series = k_parse;
  finding.level = Level::soft;
  finding.reason = "slower\tby\\a\nlot";
  return record;
}

TEST_P(AnyStore, TheOtherSideOfACheckIsFoundByItsCommitButIsNotPartOfTheHistory) {
  const auto store = open_store();
  const RunRecord head = record_of(sha('a'), "2026-11-20T10:00:00Z");
  RunRecord base = record_of(sha('b'), "2026-11-20T10:00:00Z");
  base.role = RunRole::base;
  RunRecord itself = head;  // compared with itself
  itself.role = RunRole::base;
  ASSERT_TRUE(store->save(std::vector{head, base, itself}).has_value());
  EXPECT_EQ(store->runs("", 10)->size(), 1U);
  EXPECT_EQ(points_of(*store, k_parse, {.branch = "main"}).size(), 1U);
  EXPECT_TRUE(store->samples_of(sha('b'))->has_value());
  EXPECT_EQ(ask("SELECT count(*) FROM runs"), "3");
}

TEST_P(AnyStore, OfARunThatIsSavedTwiceAtOnceTheLastIsKept) {
  const auto store = open_store();
  RunRecord record = judged_record('a', "2026-11-20T10:00:00Z");
  std::vector<RunRecord> both{record, record};
  both[1].head.series[0].invocations = {{7}};
  ASSERT_TRUE(store->save(both).has_value());
  EXPECT_EQ((*store->samples_of(sha('a')))->series[0].invocations[0][0], 7);
  EXPECT_EQ(ask("SELECT count(*) FROM findings"), "1");
}

TEST_P(AnyStore, KeepsNumbersBitForBit) {
  const auto store = open_store();
  RunRecord record = record_of(sha('a'), "2026-11-20T10:00:00Z");
  record.head.series[0].invocations = {{0.1, 1.0 / 3, 1e308, 5e-324, -0.0}, {}, {6.02214076e23}};
  ASSERT_TRUE(store->save(record));
  const auto back = store->samples_of(sha('a'));
  ASSERT_TRUE(back && *back) << back.error().text();
  EXPECT_EQ((*back)->series[0].invocations, record.head.series[0].invocations);
  EXPECT_TRUE(std::signbit((*back)->series[0].invocations[0][4]));
}

TEST_P(AnyStore, RunsOfManyMonthsAndOfNoneAreKept) {
  const auto store = open_store();
  for (const char* time : {"2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "yesterday", ""})
    ASSERT_TRUE(store->save(record_of(sha('a'), time))) << time;
  EXPECT_EQ(ask("SELECT count(*) FROM raw"), "5");
  EXPECT_EQ(ask("SELECT count(DISTINCT month) FROM raw"), "3");
}

TEST_P(AnyStore, OtherProgramsReadTheViews) {
  RunRecord record = record_of(sha('a'), "2026-11-20T10:00:00Z");
  Series time = series_of(k_parse, {{0.001, 0.003}, {}, {0.002}});
  Series cycles = series_of({"core", "parse/large", "cycles"}, {{5e6}, {}, {7e6}});
  cycles.metric = {"cycles", "1", Better::lower, false, false};
  Series memory = series_of({"core", "parse/large", "max_rss"}, {{1}, {}, {1}});
  memory.metric = {"max_rss", "B", Better::lower, false, false};
  record.head.series = {cycles, memory, time};
  ASSERT_TRUE(open_store()->save(record));
  EXPECT_EQ(ask("SELECT commit_sha || ' ' || branch || ' ' || timestamp || ' ' || config_hash FROM benchmark_runs "
                "WHERE id > 0 AND machine_id > 0"),
            sha('a') + " main 2026-11-20T10:00:00Z c0ffee");
  const auto row = [&](int iteration) {
    return ask(
        "SELECT benchmark_name || ' ' || CAST(ROUND(latency_ns) AS INTEGER) || ' ' || "
        "COALESCE(CAST(CAST(ROUND(cpu_cycles) AS INTEGER) AS TEXT), '-') || ' ' || "
        "CASE WHEN instructions IS NULL AND cache_misses IS NULL THEN '-' ELSE 'counted' END "
        "FROM measurements WHERE iteration = " +
        std::to_string(iteration));
  };
  EXPECT_EQ(row(1), "core/parse/large 1000000 5000000 -");
  EXPECT_EQ(row(2), "core/parse/large 3000000 - -");
  EXPECT_EQ(row(3), "core/parse/large 2000000 7000000 -");
  EXPECT_EQ(ask("SELECT count(*) FROM measurements"), "3");
  EXPECT_EQ(ask("SELECT sample_count || ' ' || CAST(ROUND(median_ns) AS INTEGER) || ' ' || CAST(ROUND(p95_ns) AS "
                "INTEGER) || ' ' || "
                "CAST(ROUND(p99_ns) AS INTEGER) || ' ' || CAST(ROUND(cv_percent) AS INTEGER) FROM statistics"),
            "2 2000000 2900000 2980000 0");
  EXPECT_EQ(ask("SELECT count(*) FROM (SELECT id, detected_at, baseline_sha, regression_sha, change_percent, "
                "confidence, status, evidence_path FROM alerts) AS x"),
            "0");
}

// Writers that are killed in the middle leave whole runs only, and may send everything again.
TEST_P(AnyStore, EightWritersAtOnceOneOfThemKilledLoseNothingAndDoubleNothing) {
  constexpr int k_each = 10;
  const std::string place = address();
  const auto write = [&](int writer) {
    auto store = store::open(place, Access::write);  // all of them make the schema, too
    if (!store) return 1;
    for (int i = 10; i < 10 + k_each; ++i)
      if (!(*store)->save(
              judged_record(static_cast<char>('1' + writer), "2026-11-01T10:00:" + std::to_string(i) + "Z")))
        return 2;
    return 0;
  };
  std::vector<pid_t> writers;
  for (int i = 0; i < 8; ++i) {
    writers.push_back(fork());
    if (writers.back() == 0) _exit(write(i));
  }
  const auto began = [&] {
    return exists(place).value_or(false) && ask("SELECT count(*) FROM runs WHERE commit_sha LIKE '8%'") > "0";
  };
  while (!began()) usleep(1000);
  kill(writers.back(), SIGKILL);
  for (std::size_t i = 0; i < writers.size(); ++i) {
    int status = -1;
    waitpid(writers[i], &status, 0);
    EXPECT_TRUE(status == 0 || i + 1 == writers.size()) << i;
  }
  EXPECT_EQ(ask("SELECT count(*) FROM runs WHERE NOT EXISTS (SELECT 1 FROM findings WHERE run_id = runs.id)"), "0");
  EXPECT_EQ(ask("SELECT count(*) FROM runs WHERE NOT EXISTS (SELECT 1 FROM raw WHERE run_id = runs.id)"), "0");
  ASSERT_EQ(write(7), 0) << "it sends all of it again";
  EXPECT_EQ(open_store()->runs("", 1000)->size(), 0U + 8 * k_each);
  EXPECT_EQ(ask("SELECT count(*) FROM findings"), std::to_string(8 * k_each));
  EXPECT_EQ(ask("SELECT count(*) FROM raw"), std::to_string(8 * k_each));
}

Alert alert_of(char fingerprint) {
  Alert alert;
  alert.fingerprint = std::string(16, fingerprint);
  alert.series = k_parse;
  alert.branch = "main";
  alert.machine = "machine";
  alert.unit = "s";
  alert.shape = "step";
  alert.detected_at = "2026-11-20T10:00:00Z";
  alert.last_before = sha('a');
  alert.first_changed = sha('b');
  alert.before = 0.5;
  alert.after = 0.75;
  alert.low = 1.4;
  alert.high = 1.6;
  alert.confidence = Confidence::high;
  alert.evidence = ".perfwarden/alerts/x.json";
  alert.events = {{1, "2026-11-20T10:00:00Z", "perfwarden", AlertStatus::open, Resolution::none, "found"}};
  return alert;
}

TEST_P(AnyStore, AlertsKeepAllThatHappenedToThem) {
  const auto store = open_store();
  const Alert alert = alert_of('1');
  ASSERT_EQ(store->save_alerts(std::vector{alert, alert_of('2')}).value_or(0), 2U);
  EXPECT_EQ(store->save_alerts(std::span(&alert, 1)).value_or(9), 0U) << "known already";
  auto all = store->alerts();
  ASSERT_TRUE(all) << all.error().text();
  ASSERT_EQ(all->size(), 2U);
  Alert& first = all->front();
  EXPECT_NE(first.id, 0);
  Alert expected = alert;
  expected.id = first.id;
  EXPECT_EQ(first, expected);
  first.events.push_back({2, "2026-11-21T10:00:00Z", "ada", AlertStatus::resolved, Resolution::fixed, "'; DROP --"});
  EXPECT_EQ(store->save_alerts(std::span(&first, 1)).value_or(0), 1U);
  first.events.back().who = "bob";  // did the same from what he saw before
  EXPECT_EQ(store->save_alerts(std::span(&first, 1)).value_or(9), 0U);
  EXPECT_EQ(store->alerts()->front().state().who, "ada");
  EXPECT_EQ(ask("SELECT benchmark_name || ' ' || detected_at || ' ' || baseline_sha || ' ' || regression_sha || ' ' || "
                "CAST(ROUND(change_percent) AS INTEGER) || ' ' || confidence || ' ' || status || ' ' || evidence_path "
                "FROM alerts WHERE id = " +
                std::to_string(first.id)),
            "core/parse/large/wall_time 2026-11-20T10:00:00Z " + sha('a') + " " + sha('b') +
                " 50 HIGH RESOLVED .perfwarden/alerts/x.json");
  EXPECT_EQ(ask("SELECT count(*) FROM alerts"), "2") << "one row an alert, however much happened to it";
}

TEST_P(AnyStore, CommitsComeInTheOrderInWhichTheyWereFirstMeasured) {
  const auto store = open_store();
  for (const auto& [digit, day] : {std::pair{'b', 1}, {'a', 2}, {'c', 3}, {'b', 4}})
    ASSERT_TRUE(store->save(record_of(sha(digit), "2026-11-0" + std::to_string(day) + "T10:00:00Z")));
  EXPECT_EQ(*store->commits("main"), (std::vector<std::string>{sha('b'), sha('a'), sha('c')}));
  EXPECT_EQ(*store->series(), std::vector<SeriesId>{k_parse});
}

TEST_P(AnyStore, WhatIsOldIsPrunedExceptWhatWasMeantToBeKept) {
  const auto store = open_store();
  for (const auto& [digit, month] : {std::pair{'1', "2024-01"},
                                     {'2', "2024-01"},
                                     {'a', "2024-02"},
                                     {'3', "2026-06"},
                                     {'4', "2026-06"},
                                     {'5', "2026-11"}})
    ASSERT_TRUE(store->save(judged_record(digit, std::string(month) + "-15T10:00:00Z")));
  const Alert alert = alert_of('1');  // names commit aaaa…
  ASSERT_TRUE(store->save_alerts(std::span(&alert, 1)));
  const auto pruned =
      store->prune({.raw_since = "2026-09-01", .runs_since = "2024-12-01", .kept_commits = {sha('2'), sha('4')}});
  ASSERT_TRUE(pruned) << pruned.error().text();
  EXPECT_EQ(pruned->runs, 1U);
  EXPECT_EQ(pruned->raw_runs, 1U);
  EXPECT_FALSE(store->samples_of(sha('1'))->has_value());
  for (const char digit : {'2', 'a', '4', '5'}) EXPECT_TRUE(store->samples_of(sha(digit))->has_value()) << digit;
  const auto old = store->samples_of(sha('3'));
  ASSERT_FALSE(old);
  EXPECT_NE(old.error().what.find("no longer kept"), std::string::npos) << old.error().what;
  EXPECT_EQ(points_of(*store, k_parse, {}).size(), 5U) << "its statistics are";
  EXPECT_EQ(ask("SELECT count(*) FROM findings"), "5");
  EXPECT_EQ(
      store->prune({.raw_since = "2026-09-01", .runs_since = "2024-12-01", .kept_commits = {sha('2'), sha('4')}})->runs,
      0U);
}

TEST_P(AnyStore, ARecordThatIsReadIsTheOneThatWasSaved) {
  const auto store = open_store();
  const RunRecord saved = judged_record('a', "2026-11-20T10:00:00Z");
  const auto id = store->save(saved);
  ASSERT_TRUE(id);
  EXPECT_EQ(*store->run_ids(), std::vector<std::int64_t>{*id});
  const auto found = store->record(*id);
  ASSERT_TRUE(found && *found);
  const RunRecord& back = **found;
  EXPECT_EQ(back.run, saved.run);
  EXPECT_EQ(back.head.series, saved.head.series);
  EXPECT_EQ(back.event + back.conclusion + back.base_commit, saved.event + saved.conclusion + saved.base_commit);
  EXPECT_EQ(back.pull_request, 17);
  ASSERT_EQ(back.comparisons.size(), 1U);
  EXPECT_EQ(back.comparisons[0].ratio, saved.comparisons[0].ratio);
  EXPECT_TRUE(std::isnan(back.comparisons[0].p));
  EXPECT_EQ(back.comparisons[0].base_values, saved.comparisons[0].base_values);
  EXPECT_EQ(back.comparisons[0].confidence, Confidence::high);
  EXPECT_EQ(back.comparisons[0].criteria.at(0).detail, saved.comparisons[0].criteria[0].detail);
  ASSERT_EQ(back.findings.size(), 1U);
  EXPECT_EQ(back.findings[0].reason, saved.findings[0].reason);
  EXPECT_EQ(*store->save(back), *id) << "it is the same run, also when its identity would follow from the content";
  EXPECT_EQ(store->runs("", 9)->size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Databases, AnyStore, testing::ValuesIn(k_databases),
                         [](const auto& database) { return std::string(database.param); });

}  // namespace
}  // namespace perfwarden::store
