#include "trend/tune.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/hash.hpp"

namespace perfwarden::trend {
namespace {

const SeriesId k_any{"core", "parse", "wall_time"};

std::vector<PastChange> unchanged(std::size_t n, double sd, std::uint64_t seed = 1) {
  SplitMix64 random(seed);
  std::vector<PastChange> out(n);
  for (PastChange& one : out) {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += random.uniform();
    one.worse = sd * sum;
  }
  return out;
}

TEST(Tune, ABudgetIsAboveTheNoiseByWhatTheFalseAlarmsAllow) {
  const Proposal quiet = tune(k_any, unchanged(60, 0.002), 20, {.alarms_a_month = 1, .runs_a_month = 100});
  EXPECT_DOUBLE_EQ(quiet.budget, 0.01);
  EXPECT_NEAR(quiet.spread, 0.002, 0.0007);
  const Proposal noisy = tune(k_any, unchanged(60, 0.02), 20, {.alarms_a_month = 1, .runs_a_month = 100});
  EXPECT_GE(noisy.budget, 0.06);
  EXPECT_LE(noisy.budget, 0.15);
  EXPECT_LE(noisy.alarms_a_month, 1.0 / 20);
  EXPECT_GT(tune(k_any, unchanged(60, 0.02), 20, {.alarms_a_month = 0.001, .runs_a_month = 100}).budget, noisy.budget);
}

TEST(Tune, WhatABudgetPromisesIsKeptByNoiseThatItHasNotSeen) {
  constexpr double k_runs = 100'000;
  const Proposal proposal = tune(k_any, unchanged(40, 0.01), 1, {.alarms_a_month = 100, .runs_a_month = k_runs});
  std::size_t alarms = 0;
  for (const PastChange& later : unchanged(static_cast<std::size_t>(k_runs), 0.01, 99))
    alarms += later.worse >= proposal.budget ? 1U : 0U;
  EXPECT_LE(alarms, 100U);
}

TEST(Tune, RealChangesAreCaughtAndDoNotCountAsNoise) {
  std::vector<PastChange> changes = unchanged(40, 0.003);
  changes.push_back({"bad", "2026-11-20", 0.08, true});
  changes.push_back({"good", "2026-11-21", -0.08, true});
  const Proposal proposal = tune(k_any, changes, 1, {.alarms_a_month = 1, .runs_a_month = 40});
  EXPECT_LE(proposal.budget, 0.03);
  ASSERT_EQ(proposal.caught.size(), 1U);
  EXPECT_EQ(proposal.caught[0].commit, "bad");
}

TEST(Tune, WhatNeverVariesGetsTheLeastBudgetAndHasEarnedHard) {
  const Proposal proposal = tune(k_any, std::vector<PastChange>(30, PastChange{"", "", 0.0, false}), 5,
                                 {.alarms_a_month = 1, .runs_a_month = 40});
  EXPECT_DOUBLE_EQ(proposal.budget, 0.01);
  EXPECT_TRUE(proposal.hard);
  EXPECT_FALSE(tune(k_any, std::vector<PastChange>(29, PastChange{"", "", 0.0, false}), 5, {}).hard) << "too few runs";
}

TEST(Tune, NoBudgetIsProposedFromTooLittleOrTooMuchNoise) {
  EXPECT_TRUE(std::isnan(tune(k_any, unchanged(9, 0.01), 1, {}).budget));
  EXPECT_TRUE(std::isnan(tune(k_any, unchanged(60, 0.6), 100, {.alarms_a_month = 0.1, .runs_a_month = 100}).budget));
  EXPECT_TRUE(tune(k_any, {}, 0, {}).caught.empty());
  std::vector<PastChange> unknown(20);  // NaN
  EXPECT_EQ(tune(k_any, unknown, 1, {}).runs, 0U);
}

}  // namespace
}  // namespace perfwarden::trend
