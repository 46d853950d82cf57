#include "bisect/evidence.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace perfwarden::bisect {
namespace {

TEST(Location, OfPairsWithoutOutliersIsNearTheirMean) {
  const std::vector<double> pairs{0.09, 0.1, 0.11, 0.1};
  const Location found = locate(pairs, 0.01);
  EXPECT_NEAR(found.value, 0.1, 1e-9);
  EXPECT_NEAR(found.error, 0.01 * std::sqrt(7.0 / 5 / 4), 1e-12);
}

TEST(Location, HardlyMovesWithAnOutlier) {
  const std::vector<double> pairs{0.099, 0.1, 0.101, 3.0};
  EXPECT_NEAR(locate(pairs, 0.001).value, 0.1, 0.001);
}

TEST(Location, OfNoPairsIsUnknown) {
  EXPECT_TRUE(std::isinf(locate({}, 0.01).error));
}

TEST(Model, LearnsStepAndScaleOfTsFromManyCommits) {
  std::mt19937_64 random(1);
  std::student_t_distribution<double> noise(k_tail);
  Range range(60);
  for (std::size_t i = 1; i < range.size(); ++i)
    for (int pair = 0; pair < (i + 1 == range.size() ? 40 : 3); ++pair)
      range[i].pairs.push_back((i >= 30 ? 0.2 : 0) + 0.02 * noise(random));
  const Model model = learn(range);
  EXPECT_NEAR(model.step, 0.2, 0.01);
  EXPECT_NEAR(model.scale, 0.02, 0.005);
}

TEST(Likelihoods, OneCommitCannotProveMoreThanTheMixtureAllows) {
  const Model model{0.1, 0.01};
  Candidate candidate;
  candidate.pairs.assign(100, 0.1);
  const PerLevel levels = likelihoods(candidate, model);
  EXPECT_GT(levels[2], levels[1]);
  EXPECT_GT(levels[1] + levels[0], 0);
  EXPECT_GE(standing_of(levels).ratio, 200);
  EXPECT_LE(standing_of(levels).ratio, 10'000);
  EXPECT_EQ(standing_of(levels).level, Level::bad);
}

TEST(Likelihoods, ACommitFarOffTellsNothing) {
  Candidate candidate;
  candidate.pairs.assign(20, 0.9);
  const PerLevel levels = likelihoods(candidate, {0.05, 0.01});
  EXPECT_LT(levels[2] / levels[0], 1.1);
  EXPECT_GT(levels[2] / levels[0], 0.9);
}

TEST(Likelihoods, HalfOfTheStepIsBetween) {
  Candidate candidate;
  candidate.pairs.assign(20, 0.05);
  const PerLevel levels = likelihoods(candidate, {0.1, 0.01});
  EXPECT_GT(levels[1], 30 * levels[0]);
  EXPECT_GT(levels[1], 30 * levels[2]);
}

}  // namespace
}  // namespace perfwarden::bisect
