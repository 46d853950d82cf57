#include "profile/diff/significance.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "profile/diff/spread.hpp"
#include "unit/profile/diff/counts.hpp"

namespace perfwarden::profile {
namespace {

using test::counts;

TEST(Yardstick, MeasuresSharesByEachSidesOwnWhole) {
  const Yardstick yardstick(counts(1000, 2000), Normalization::share, {1, 1}, false);
  const Share share = yardstick.compare(counts(100, 200), 1);
  EXPECT_DOUBLE_EQ(share.base, 0.1);
  EXPECT_DOUBLE_EQ(share.head, 0.1);
  EXPECT_GT(share.p, 0.9);
  EXPECT_LT(share.interval.low, 0);
  EXPECT_GT(share.interval.high, 0);
}

TEST(Yardstick, MeasuresAbsoluteCostsByBasesWholeAndADivisor) {
  const Yardstick fixed(counts(1000, 2000), Normalization::absolute, {1, 1}, false);
  EXPECT_DOUBLE_EQ(fixed.compare(counts(100, 200), 1).head, 0.2);
  const Yardstick per_op(counts(1000, 2000), Normalization::per_op, {10, 20}, false);
  EXPECT_DOUBLE_EQ(per_op.compare(counts(100, 200), 1).head, 0.1);
}

TEST(Yardstick, OfExactCostsKnowsNoNoise) {
  const Yardstick yardstick(counts(1000, 1000), Normalization::absolute, {1, 1}, true);
  EXPECT_EQ(yardstick.compare(counts(100, 100), 1).p, 1);
  const Share share = yardstick.compare(counts(100, 101), 1);
  EXPECT_EQ(share.p, 0);
  EXPECT_EQ(share.interval.low, share.interval.high);
}

TEST(Yardstick, IsLessSureTheMoreTheSamplesCluster) {
  const Yardstick yardstick(counts(1000, 1000), Normalization::share, {1, 1}, false);
  const Share calm = yardstick.compare(counts(100, 150), 1);
  const Share clustered = yardstick.compare(counts(100, 150), 3);
  EXPECT_LT(calm.p, 0.01);
  EXPECT_GT(clustered.p, calm.p);
  EXPECT_GT(clustered.interval.high - clustered.interval.low, calm.interval.high - calm.interval.low);
}

TEST(Yardstick, TellsAChangeFromOneThatWasExpected) {
  const Yardstick yardstick(counts(10'000, 10'000), Normalization::share, {1, 1}, false);
  EXPECT_LT(yardstick.p_against(counts(2000, 1000), 1, 1), 1e-6);
  EXPECT_GT(yardstick.p_against(counts(2000, 1000), 1, 0.5), 0.5);
}

TEST(EffectiveSamples, AreFewerWhereSomeWeighMore) {
  EXPECT_EQ(effective_samples({100, 100, 100}), 100);
  EXPECT_EQ(effective_samples({100, 10'000, 1}), 1);
  EXPECT_EQ(effective_samples({}), 0);
}

TEST(Overdispersion, IsAboutOneForRunsThatAgreeAndAboveForThoseThatDoNot) {
  const std::array<std::vector<double>, 2> totals{std::vector<double>{1000, 1000, 1000}, {1000, 1000, 1000}};
  const Runs even{{100, 900}, {101, 899}, {99, 901}};
  const Overdispersion calm = overdispersion_of({even, even}, totals, true);
  EXPECT_EQ(calm.typical, 1);
  ASSERT_EQ(calm.of.size(), 2U);
  const Runs torn{{50, 950}, {100, 900}, {150, 850}};
  const Overdispersion wild = overdispersion_of({torn, torn}, totals, true);
  EXPECT_GT(wild.typical, 10);
  EXPECT_GT(wild.of[0], calm.of[0]);
}

TEST(Overdispersion, OfCountsSeesWhatSharesHide) {
  const std::array<std::vector<double>, 2> totals{std::vector<double>{1000, 2000, 1500}, {1000, 2000, 1500}};
  const Runs longer{{100, 900}, {200, 1800}, {150, 1350}};
  EXPECT_EQ(overdispersion_of({longer, longer}, totals, true).typical, 1);
  EXPECT_GT(overdispersion_of({longer, longer}, totals, false).typical, 10);
}

TEST(Spread, AssumedGrowsWithTheSamplesAndIsNotKnown) {
  FrameTable functions;
  const FrameId own = functions.add("work");
  const FrameId kernel = functions.add("softirq_[k]");
  const Spread spread = Spread::assumed(functions, 0.3);
  EXPECT_FALSE(spread.known());
  EXPECT_NEAR(spread.relative(), 0.3, 1e-12);
  EXPECT_NEAR(spread.of(own, 1000), 1.5 + 90, 1e-9);
  EXPECT_GT(spread.of(kernel, 10), spread.of(own, 10));
  EXPECT_EQ(Spread::none().of(own, 1000), 1);
}

TEST(Spread, EstimatedFromRunsIsTheFunctionsOwnAndWiderForWhatItCalls) {
  const std::array<std::vector<double>, 2> totals{std::vector<double>{1000, 1000, 1000}, {1000, 1000, 1000}};
  const Runs torn{{50, 950}, {100, 900}, {150, 850}};
  const Spread spread = Spread::estimated(overdispersion_of({torn, torn}, totals, true));
  EXPECT_TRUE(spread.known());
  EXPECT_GT(spread.of(0, 1000), spread.of(0, 100));
}

TEST(Adjust, PassesOverWhatWasNotTested) {
  Share sure;
  sure.p = 0.01;
  Share not_sure;
  not_sure.p = 0.04;
  adjust(std::vector<Share*>{&sure, nullptr, &not_sure});
  EXPECT_DOUBLE_EQ(sure.p_adjusted, 0.02) << "of two, not of three";
  EXPECT_DOUBLE_EQ(not_sure.p_adjusted, 0.04);
}

TEST(SamplesNeeded, GrowWithTheTestsAndTheNoise) {
  const double one = samples_needed(0.05, 0.05, 1, 1);
  EXPECT_GT(one, 100);
  EXPECT_GT(samples_needed(0.05, 0.05, 100, 1), one);
  EXPECT_NEAR(samples_needed(0.05, 0.05, 1, 2), 2 * one, 2);
  EXPECT_GT(samples_needed(0.02, 0.05, 1, 1), one);
}

}  // namespace
}  // namespace perfwarden::profile
