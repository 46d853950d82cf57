#include "plan/shard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace perfwarden::plan {
namespace {

Suite suite(const std::string& name, std::vector<std::string> cases = {}) {
  Suite out;
  out.name = name;
  out.cases = std::move(cases);
  return out;
}

// "suite/case" of every unit, by shard.
std::vector<std::set<std::string>> deal(const std::vector<Suite>& suites, const std::vector<UnitTime>& times,
                                        int count) {
  std::vector<std::set<std::string>> out;
  for (int i = 1; i <= count; ++i) {
    std::set<std::string>& units = out.emplace_back();
    for (const Suite& one : cut(suites, times, {i, count, ""}).suites) {
      if (one.cases.empty()) units.insert(one.name + "/");
      for (const std::string& name : one.cases) units.insert(one.name + "/" + name);
    }
  }
  return out;
}

TEST(Shard, IsReadAsOneOfSeveral) {
  const auto shard = parse_shard("2/5");
  ASSERT_TRUE(shard);
  EXPECT_EQ(shard->index, 2);
  EXPECT_EQ(shard->count, 5);
  for (const char* wrong : {"", "2", "0/5", "6/5", "2/", "/5", "a/b", "1/2/3", "-1/5", "1/257", "1.0/2"}) {
    const auto refused = parse_shard(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  }
}

TEST(Shard, EveryUnitIsInExactlyOne) {
  const std::vector<Suite> suites{suite("a", {"1", "2", "3"}), suite("b"), suite("c", {"x", "y"})};
  for (int count = 1; count <= 8; ++count) {
    std::map<std::string, int> seen;
    for (const auto& units : deal(suites, {{"a", "1", 9}}, count))
      for (const std::string& unit : units) ++seen[unit];
    EXPECT_EQ(seen.size(), 6U);
    EXPECT_TRUE(std::all_of(seen.begin(), seen.end(), [](const auto& one) { return one.second == 1; }));
  }
}

TEST(Shard, TheLongestGoFirstAndLoadsComeOutEven) {
  const std::vector<Suite> suites{suite("a", {"1", "2", "3", "4", "5"})};
  const std::vector<UnitTime> times{{"a", "1", 1}, {"a", "2", 7}, {"a", "3", 2}, {"a", "4", 4}, {"a", "5", 2}};
  EXPECT_EQ(deal(suites, times, 2), (std::vector<std::set<std::string>>{{"a/2", "a/1"}, {"a/4", "a/3", "a/5"}}));
}

TEST(Shard, TimesOfOneRunCountAsOftenAsItIsRun) {
  Suite often = suite("often");
  often.iterations.min = often.iterations.max = 100;
  const std::vector<Suite> suites{often, suite("b"), suite("c"), suite("d")};
  const std::vector<UnitTime> times{{"often", "", 1}, {"b", "", 2}, {"c", "", 2}, {"d", "", 2}};
  EXPECT_EQ(deal(suites, times, 2), (std::vector<std::set<std::string>>{{"often/"}, {"b/", "c/", "d/"}}));
}

TEST(Shard, WhatIsNotKnownCountsAsTheMean) {
  const std::vector<Suite> suites{suite("a"), suite("b"), suite("new")};
  // The mean of 1 and 9 is 5: a and new together weigh less than b.
  EXPECT_EQ(deal(suites, {{"a", "", 1}, {"b", "", 9}, {"gone", "", 1000}}, 2),
            (std::vector<std::set<std::string>>{{"b/"}, {"a/", "new/"}}));
}

TEST(Shard, AllShardsOfOneCutSayTheSameAndAnotherCutDiffers) {
  const std::vector<Suite> suites{suite("a", {"1", "2", "3"}), suite("b")};
  const std::string first = cut(suites, {}, {1, 2, ""}).shard.cut;
  EXPECT_EQ(first.size(), 16U);
  EXPECT_EQ(cut(suites, {}, {2, 2, ""}).shard.cut, first);
  EXPECT_NE(cut(suites, {}, {1, 3, ""}).shard.cut, first);
  EXPECT_NE(cut(suites, {{"a", "3", 100}, {"b", "", 1}}, {1, 2, ""}).shard.cut, first);
}

TEST(Shard, MoreShardsThanUnitsLeavesSomeEmpty) {
  EXPECT_TRUE(cut({suite("a")}, {}, {2, 2, ""}).suites.empty());
}

}  // namespace
}  // namespace perfwarden::plan
