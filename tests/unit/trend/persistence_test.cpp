#include "trend/persistence.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace perfwarden::trend {
namespace {

// A run: its commit, its base's, how much worse it was, and whether it confirmed that.
SeriesWords words(std::initializer_list<RunWord> runs) {
  return {{"core", "parse", "wall_time"}, runs};
}
RunWord run(const char* commit, const char* base, double worse_by, bool confirmed = false) {
  return {commit, base, "2026-11-29T00:00:00Z", worse_by, confirmed};
}

TEST(Persistence, AStepThatOnlyItsOwnRunSeesLastsWhileNobodyTakesItBack) {
  const auto found = persistences(
      words({run("a", "0", 0.001), run("b", "a", 0.10, true), run("c", "b", 0.002), run("d", "c", -0.004)}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].good, "a");
  EXPECT_EQ(found[0].bad, "b");
  EXPECT_EQ(found[0].newest, "d");
  EXPECT_EQ(found[0].runs, 3U);
  EXPECT_DOUBLE_EQ(found[0].worse_by, 0.10);
  EXPECT_TRUE(found[0].lasts());
}

TEST(Persistence, RunsThatCompareWithOneOldBaselineCountAlike) {
  const auto found =
      persistences(words({run("b", "0", 0.10, true), run("c", "0", 0.11, true), run("d", "0", 0.09, true)}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].runs, 3U);
  EXPECT_FALSE(found[0].recovered);
}

TEST(Persistence, TwoRunsAreNotEnough) {
  const auto found = persistences(words({run("b", "a", 0.10, true), run("c", "b", 0)}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FALSE(found[0].lasts());
}

TEST(Persistence, WhatIsTakenBackHasRecovered) {
  const auto found = persistences(
      words({run("b", "a", 0.10, true), run("c", "b", 0), run("d", "c", 0), run("e", "d", -0.09), run("f", "e", 0)}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].recovered);
  EXPECT_EQ(found[0].newest, "e") << "the run that showed it";
  EXPECT_EQ(found[0].runs, 3U);
  EXPECT_FALSE(found[0].lasts());
}

TEST(Persistence, ARelapseIsAnotherRegression) {
  const auto found = persistences(words({run("b", "a", 0.10, true), run("c", "b", -0.09), run("d", "c", 0.10, true)}));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_TRUE(found[0].recovered);
  EXPECT_EQ(found[1].bad, "d");
  EXPECT_FALSE(found[1].recovered);
}

TEST(Persistence, ASecondStepOnTopIsARegressionOfItsOwnAndMayGoAlone) {
  const auto found = persistences(
      words({run("b", "a", 0.10, true), run("c", "b", 0.20, true), run("d", "c", 0), run("e", "d", -0.16)}));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].bad, "b");
  EXPECT_EQ(found[0].runs, 4U);
  EXPECT_FALSE(found[0].recovered);
  EXPECT_EQ(found[1].bad, "c");
  EXPECT_TRUE(found[1].recovered);
}

TEST(Persistence, RunsThatSayNothingNeitherAddNorEnd) {
  const auto found = persistences(words({run("b", "a", 0.10, true), run("c", "b", k_nan), run("x", "elsewhere", -0.5),
                                         run("c", "b", 0), run("d", "c", 0)}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].runs, 3U);
}

TEST(Persistence, DriftThatNoRunConfirmedIsNone) {
  EXPECT_TRUE(persistences(words({run("b", "a", 0.03), run("c", "b", 0.03), run("d", "c", 0.03)})).empty());
  EXPECT_TRUE(persistences(words({run("b", "a", -0.5, true)})).empty()) << "better is no regression";
  EXPECT_TRUE(persistences(words({})).empty());
}

}  // namespace
}  // namespace perfwarden::trend
