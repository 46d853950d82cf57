#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "integration/store/any_store.hpp"
#include "store/browse.hpp"

// Profiles, ratings and parents in a history, whatever database keeps it.
namespace perfwarden::store {
namespace {

class AnyProfiles : public AnyStore {};

ProfileSummary profile_of(const std::string& benchmark, std::vector<FunctionShare> functions, std::string stacks) {
  ProfileSummary out;
  out.suite = "core";
  out.benchmark = benchmark;
  out.type = {"cpu", "nanoseconds"};
  out.cost = 1.5e9;
  out.samples = 1500;
  out.functions = std::move(functions);
  out.stacks = std::move(stacks);
  return out;
}

// A run of main, `day` days after the first, in which `parse` has that share.
RunRecord profiled_run(int day, double parse) {
  RunRecord out = record_of(sha(static_cast<char>('a' + day)), "2026-11-1" + std::to_string(day) + "T10:00:00Z");
  out.profiles = {profile_of("parse/large", {{"parse", parse, 1}, {"cold", 0.01, 0.01}}, "main;parse 10\n")};
  return out;
}

TEST_P(AnyProfiles, AreKeptWithTheRunAndReadBackAsTheyWere) {
  const auto store = open_store();
  RunRecord record = profiled_run(0, 0.5);
  record.parents = {sha('b'), sha('c')};
  record.rating = Rating{.cpu = 3, .memory = 5, .overall = 4, .cpu_measured = true};
  record.profiles.push_back(profile_of("x;'\"\n\x01", {{"a\xff b", 0.25, 0.5}}, ""));
  const auto id = store->save(record);
  ASSERT_TRUE(id) << id.error().text();
  const auto read = store->record(*id);
  ASSERT_TRUE(read && *read) << read.error().text();
  EXPECT_EQ((*read)->parents, record.parents);
  EXPECT_EQ((*read)->rating, record.rating);
  ASSERT_EQ((*read)->profiles.size(), 2U);
  EXPECT_EQ((*read)->profiles[0], record.profiles[0]);
  EXPECT_EQ((*read)->profiles[1].benchmark, record.profiles[1].benchmark);
  EXPECT_EQ((*read)->profiles[1].stacks, "");
}

TEST_P(AnyProfiles, OfARunThatIsSavedAgainTakeThePlaceOfTheFirst) {
  const auto store = open_store();
  RunRecord record = profiled_run(0, 0.5);
  ASSERT_TRUE(store->save(record));
  record.profiles = {profile_of("load", {}, "")};
  const auto id = store->save(record);
  ASSERT_TRUE(id);
  const auto found = store->browser().profiles_in(*id);
  ASSERT_TRUE(found && found->size() == 1U);
  EXPECT_EQ(found->front().profile.benchmark, "load");
  EXPECT_FALSE(found->front().has_stacks);
}

TEST_P(AnyProfiles, ShareEqualStacksAndLoseThemWithTheRawValues) {
  const auto store = open_store();
  for (int day = 0; day < 3; ++day) ASSERT_TRUE(store->save(profiled_run(day, 0.5)));
  EXPECT_EQ(ask("SELECT count(*) FROM profiles"), "3");
  EXPECT_EQ(ask("SELECT count(*) FROM stacks"), "1");
  ASSERT_TRUE(store->prune({"2026-11-12T00:00:00Z", "2026-11-11T00:00:00Z", {}}));
  EXPECT_EQ(ask("SELECT count(*) FROM profiles"), "2") << "they go with their run";
  EXPECT_EQ(ask("SELECT count(*) FROM profiles WHERE stacks_digest <> ''"), "1");
  EXPECT_EQ(ask("SELECT count(*) FROM stacks"), "1");
  ASSERT_TRUE(store->prune({"2027", "2026-11-11T00:00:00Z", {}}));
  EXPECT_EQ(ask("SELECT count(*) FROM stacks"), "0") << "nobody names them any more";
  const auto shares = store->history({.branch = "main", .kind = SeriesKind::function});
  ASSERT_TRUE(shares && shares->size() == 1U) << "what functions took is kept as long as the run";
}

TEST_P(AnyProfiles, ThatAreDamagedSaySo) {
  const auto store = open_store();
  const auto id = store->save(profiled_run(0, 0.5));
  ASSERT_TRUE(id);
  (void)ask("UPDATE stacks SET size = size + 1");
  const auto number = store->browser().profiles_in(*id)->front().number;
  const auto stacks = store->browser().stacks(number);
  ASSERT_FALSE(stacks);
  EXPECT_NE(stacks.error().what.find("damaged"), std::string::npos);
}

TEST_P(AnyProfiles, AreFoundByTheBenchmarkTheyAreOfInTheOrderOfTime) {
  const auto store = open_store();
  ASSERT_TRUE(store->save(profiled_run(2, 0.5)));
  RunRecord base = profiled_run(0, 0.5);
  base.role = RunRole::base;
  ASSERT_TRUE(store->save(base));
  RunRecord others = profiled_run(1, 0.5);
  others.profiles = {profile_of("arge", {}, ""), profile_of("large", {}, ""), profile_of("", {}, "")};
  ASSERT_TRUE(store->save(others));
  const auto found = store->browser().profiles_of("core", "parse/large");
  ASSERT_TRUE(found) << found.error().text();
  std::string names;
  for (const ProfiledRun& one : *found)
    names += one.commit.substr(0, 1) + (one.of_base ? " base " : " ") + one.benchmark + "|";
  EXPECT_EQ(names, "a base parse/large|b large|b |c parse/large|");
}

TEST_P(AnyProfiles, MakeSeriesOfTheFunctionsThatAreHotInSomeRun) {
  const auto store = open_store();
  ASSERT_TRUE(store->save(profiled_run(0, 0.5)));
  RunRecord without = profiled_run(1, 0);
  without.profiles.front().functions = {{"cold", 0.01, 0.01}};
  ASSERT_TRUE(store->save(without));
  ASSERT_TRUE(store->save(profiled_run(2, 0.75)));
  RunRecord fork = profiled_run(3, 0.9);
  fork.pull_request = 7;
  ASSERT_TRUE(store->save(fork));
  const auto all = store->history({.branch = "main", .kind = SeriesKind::function});
  ASSERT_TRUE(all) << all.error().text();
  ASSERT_EQ(all->size(), 1U) << "cold is never hot";
  EXPECT_EQ(all->front().id.path(), "core/parse/large/cpu/parse");
  std::vector<double> shares;
  for (const HistoryPoint& point : all->front().points) shares.push_back(point.median);
  EXPECT_EQ(shares, (std::vector<double>{0.5, 0, 0.75})) << "0 where the profile does not list it";
  const auto newest = store->history({.branch = "main", .most = 1, .kind = SeriesKind::function});
  ASSERT_TRUE(newest && newest->size() == 1U);
  EXPECT_EQ(newest->front().points.size(), 1U);
  EXPECT_EQ(store->history({.branch = "main"})->size(), 1U) << "they are not among what benchmarks measured";
}

TEST_P(AnyProfiles, RatingsAreSeriesOfWhatWasRated) {
  const auto store = open_store();
  for (int day = 0; day < 3; ++day) {
    RunRecord record = profiled_run(day, 0.5);
    if (day > 0) record.rating = Rating{.cpu = 5.0 + day, .cpu_measured = true};
    ASSERT_TRUE(store->save(record));
  }
  const auto all = store->history({.branch = "main", .kind = SeriesKind::rating});
  ASSERT_TRUE(all && all->size() == 1U) << "memory was never measured";
  EXPECT_EQ(all->front().id.path(), "run/rating/cpu");
  ASSERT_EQ(all->front().points.size(), 2U);
  EXPECT_EQ(all->front().points.back().median, 7);
}

INSTANTIATE_TEST_SUITE_P(Databases, AnyProfiles, testing::ValuesIn(k_databases),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace perfwarden::store
