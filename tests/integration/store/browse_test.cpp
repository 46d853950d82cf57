#include "store/browse.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "integration/store/any_store.hpp"

// What pages read of a history, whatever database keeps it.
namespace perfwarden::store {
namespace {

std::string hour(int number) {
  return "2026-11-20T" + std::string(number < 10 ? "0" : "") + std::to_string(number) + ":00:00Z";
}

const SeriesId k_load{"core", "load", "wall_time"};

// Three runs of main, one of a fork that calls its branch "main", and the base side of the second.
class AnyBrowser : public AnyStore {
 protected:
  void SetUp() override {
    store_ = open_store();
    ASSERT_NE(store_, nullptr);
    for (int i = 0; i < 3; ++i) ids_.push_back(save(run(i)));
    RunRecord fork = run(3);
    fork.pull_request = 17;
    ids_.push_back(save(fork));
    RunRecord base = run(0);
    base.role = RunRole::base;
    base.run.session = run(1).run.session;
    ids_.push_back(save(base));
  }
  // The i-th run: parse takes i + 1 ms, and every run but the first measures load.
  static RunRecord run(int i) {
    RunRecord out = record_of(sha(static_cast<char>('a' + i)), hour(i), 0.001 * (i + 1));
    out.head.series = {series_of(k_parse, {{0.001 * (i + 1)}, {}, {0.001 * (i + 1)}})};
    if (i > 0) out.head.series.push_back(series_of(k_load, {{0.5}}));
    if (i > 0) out.base_commit = sha(static_cast<char>('a' + i - 1));
    if (i == 2) {
      out.comparisons.emplace_back().id = k_parse;
      out.comparisons.back().ratio = 1.5;
      out.comparisons.back().significance = Significance::distinct;
      out.findings.emplace_back().series = k_parse;
    }
    return out;
  }
  std::int64_t save(const RunRecord& record) {
    const auto saved = store_->save(record);
    EXPECT_TRUE(saved) << saved.error().text();
    return saved.value_or(0);
  }
  Browser& browser() { return store_->browser(); }
  std::int64_t number_of(const SeriesId& id) {
    const auto all = browser().series();
    const auto found = std::find_if(all->begin(), all->end(), [&](const NumberedSeries& one) { return one.id == id; });
    return found == all->end() ? 0 : found->number;
  }

  std::unique_ptr<Store> store_;
  std::vector<std::int64_t> ids_;  // main, main, main, the fork's, the base side
};

TEST_P(AnyBrowser, ListsTheRunsOfABranchNewestFirstWithWhatTheyMeasuredAndFound) {
  const auto runs = browser().runs("main", 0, 10);
  ASSERT_TRUE(runs) << runs.error().text();
  ASSERT_EQ(runs->size(), 3U);
  EXPECT_EQ(runs->front().id, ids_[2]);
  EXPECT_EQ(runs->front().series, 2U);
  EXPECT_EQ(runs->front().findings, 1U);
  EXPECT_EQ(runs->back().series, 1U);
  EXPECT_EQ(*browser().count_runs("main"), 3U);
  EXPECT_EQ(*browser().count_runs("pull/17"), 1U);
  const auto second = browser().runs("main", 1, 1);
  ASSERT_TRUE(second && second->size() == 1);
  EXPECT_EQ(second->front().id, ids_[1]);
}

TEST_P(AnyBrowser, ARunThatIsReplacedCountsItsSeriesAnewAndDiffers) {
  const auto before = browser().run(ids_[1]);
  ASSERT_TRUE(before && *before);
  RunRecord again = run(1);
  again.head.series.pop_back();
  again.head.series.push_back(again.head.series.front());  // twice: the first is kept
  EXPECT_EQ(save(again), ids_[1]);
  const auto after = browser().run(ids_[1]);
  ASSERT_TRUE(after && *after);
  EXPECT_EQ((*after)->series, 1U);
  EXPECT_NE((*after)->digest, (*before)->digest);
}

TEST_P(AnyBrowser, TheTimelineIsTheBranchInOrderWithoutForksAndBases) {
  const auto main = browser().timeline("main");
  ASSERT_TRUE(main) << main.error().text();
  ASSERT_EQ(main->size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*main)[i].id, ids_[i]);
    EXPECT_EQ((*main)[i].commit, sha(static_cast<char>('a' + i)));
    EXPECT_EQ((*main)[i].time, hour(static_cast<int>(i)));
    EXPECT_EQ((*main)[i].fingerprint, run(0).run.machine.fingerprint);
  }
  EXPECT_EQ(browser().timeline("pull/17")->size(), 1U);
  EXPECT_EQ(browser().timeline("")->size(), 4U);
  EXPECT_EQ(browser().timeline("no such branch")->size(), 0U);
}

TEST_P(AnyBrowser, PointsOfASeriesAreThoseOfEveryRunThatMeasuredIt) {
  auto points = browser().points(number_of(k_parse));
  ASSERT_TRUE(points) << points.error().text();
  ASSERT_EQ(points->size(), 5U);
  std::sort(points->begin(), points->end(), [](const auto& a, const auto& b) { return a.run < b.run; });
  EXPECT_EQ((*points)[1].run, ids_[1]);
  EXPECT_EQ((*points)[1].n, 2U) << "an invocation without a value does not count";
  EXPECT_DOUBLE_EQ((*points)[1].median, 0.002);
  EXPECT_EQ((*points)[1].unit, "s");
  EXPECT_EQ((*points)[1].better, Better::lower);
  EXPECT_EQ(browser().points(4711)->size(), 0U);
}

TEST_P(AnyBrowser, StatisticsAreOfTheSeriesThatAreAskedForSortedByName) {
  const std::int64_t parse = number_of(k_parse);
  const auto numbers = browser().series_in(ids_[2]);
  ASSERT_TRUE(numbers);
  EXPECT_EQ(numbers->size(), 2U);
  const auto all = browser().statistics(ids_[2], {});
  ASSERT_TRUE(all) << all.error().text();
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ(all->front().id, k_load);
  const auto one = browser().statistics(ids_[2], std::span(&parse, 1));
  ASSERT_TRUE(one && one->size() == 1);
  EXPECT_EQ(one->front().id, k_parse);
  EXPECT_DOUBLE_EQ(one->front().median, 0.003);
  const auto medians = browser().medians(ids_[2], std::span(&parse, 1));
  ASSERT_TRUE(medians && medians->size() == 1);
  EXPECT_EQ(medians->front().number, parse);
  EXPECT_DOUBLE_EQ(medians->front().median, 0.003);
  EXPECT_TRUE(medians->front().metric.primary);
}

TEST_P(AnyBrowser, RawValuesAreThoseOfTheRunsThatAreAskedForAsLongAsTheyAreKept) {
  const std::int64_t parse = number_of(k_parse);
  const std::vector<std::int64_t> some{ids_[0], ids_[2]};
  const auto raw = browser().raw(parse, some);
  ASSERT_TRUE(raw) << raw.error().text();
  ASSERT_EQ(raw->size(), 2U);
  EXPECT_EQ(raw->at(ids_[2]), (Values{{0.003}, {}, {0.003}}));
  ASSERT_TRUE(store_->prune({.raw_since = hour(1), .runs_since = "", .kept_commits = {}}));
  EXPECT_EQ(browser().raw(parse, some)->size(), 1U);
  EXPECT_EQ(browser().raw(parse, {})->size(), 0U) << "of no runs";
}

TEST_P(AnyBrowser, ARecordIsTheRunWithItsFindingsButWithoutValues) {
  const auto record = browser().record(ids_[2]);
  ASSERT_TRUE(record) << record.error().text();
  EXPECT_EQ(record->run, run(2).run);
  EXPECT_EQ(record->base_commit, sha('b'));
  EXPECT_EQ(record->findings.size(), 1U);
  EXPECT_TRUE(record->head.series.empty());
  EXPECT_EQ(browser().record(ids_[4])->role, RunRole::base);
  EXPECT_FALSE(browser().record(4711));
}

TEST_P(AnyBrowser, ACommitIsFoundByItsFirstDigitsAndAComparisonByItsSides) {
  const auto found = browser().run_of_commit("cccc");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->id, ids_[2]);
  EXPECT_FALSE(*browser().run_of_commit("eeee"));
  EXPECT_FALSE(browser().run_of_commit("no hash"));
  EXPECT_EQ(*browser().run_that_compared(sha('b'), sha('c')), ids_[2]);
  EXPECT_EQ(*browser().run_that_compared(sha('a'), sha('c')), std::nullopt);
  EXPECT_EQ(*browser().run_that_compared(sha('a'), sha('b')), std::nullopt) << "it compared nothing";
  const auto comparisons = browser().comparisons(ids_[2]);
  ASSERT_TRUE(comparisons && comparisons->size() == 1);
  EXPECT_DOUBLE_EQ(comparisons->front().ratio, 1.5);
  const std::int64_t parse = number_of(k_parse);
  const auto past = browser().past(std::span(&parse, 1), 10);
  ASSERT_TRUE(past && past->size() == 1);
  EXPECT_EQ(past->front().commit, sha('c'));
  EXPECT_TRUE(past->front().distinct);
}

TEST_P(AnyBrowser, MachinesAndCountsAreOfRunsThatMeasured) {
  const auto machines = browser().machines();
  ASSERT_TRUE(machines) << machines.error().text();
  ASSERT_EQ(machines->size(), 1U);
  EXPECT_EQ(machines->front().runs, 5U);
  EXPECT_EQ(machines->front().first, hour(0));
  EXPECT_EQ(machines->front().last, hour(3));
  const auto newest = browser().runs_on(machines->front().machine.fingerprint, 2);
  ASSERT_TRUE(newest && newest->size() == 2U);
  EXPECT_EQ((*newest)[0].id, ids_[3]);
  EXPECT_EQ((*newest)[1].id, ids_[2]);
  EXPECT_EQ((*newest)[1].time, hour(2));
  const auto counts = browser().counts();
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->series, 2U);
  EXPECT_EQ(counts->runs, 4U);
  EXPECT_EQ(counts->machines, 1U);
}

TEST_P(AnyBrowser, TheStampChangesWithWhatIsAdded) {
  const std::string before = *browser().stamp();
  EXPECT_EQ(*browser().stamp(), before);
  save(run(5));
  const std::string after = *browser().stamp();
  EXPECT_NE(after, before);
  Event event;
  event.time = hour(9);
  event.kind = k_accepted;
  event.commit = sha('a');
  ASSERT_TRUE(store_->add_event(event));
  EXPECT_NE(*browser().stamp(), after);
}

TEST_P(AnyBrowser, AnOlderHistoryIsMigratedWithItsCountsOfSeries) {
  for (const char* column : {"series_count", "parents", "rating_cpu", "rating_memory"})
    ask(std::string("ALTER TABLE runs DROP COLUMN ") + column);
  for (const char* table : {"profiles", "stacks"}) ask(std::string("DROP TABLE ") + table);
  if (on_server())
    ask("UPDATE schema_version SET version = 9");
  else
    ask("PRAGMA user_version = 9");
  store_.reset();
  store_ = open_store();
  ASSERT_NE(store_, nullptr);
  const auto runs = browser().runs("main", 0, 10);
  ASSERT_TRUE(runs) << runs.error().text();
  ASSERT_EQ(runs->size(), 3U);
  EXPECT_EQ(runs->front().series, 2U);
  EXPECT_EQ(runs->back().series, 1U);
}

INSTANTIATE_TEST_SUITE_P(Databases, AnyBrowser, testing::ValuesIn(k_databases),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace perfwarden::store
