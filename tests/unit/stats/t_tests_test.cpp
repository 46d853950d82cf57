#include "stats/t_tests.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "unit/stats/vectors.hpp"

namespace perfwarden::stats {
namespace {

TEST(TTests, WithoutSpreadFollowTheMean) {
  EXPECT_EQ(one_sample_t(std::vector<double>{2, 2, 2}).p_greater, 0);
  EXPECT_EQ(one_sample_t(std::vector<double>{0, 0}).p_two_sided, 1);
  EXPECT_TRUE(std::isnan(one_sample_t(std::vector<double>{1}).p_two_sided));
  EXPECT_EQ(welch_t(std::vector<double>{1, 1}, std::vector<double>{2, 2}).p_less, 0);
}

TEST(TTests, ModeratedTBorrowsFromHistoryOnlyWhenTodayIsNotNoisier) {
  const std::vector<double> quiet{0.030, 0.031, 0.029, 0.0305, 0.0295};
  const PriorVariance prior{1e-4, 12};
  const TTest moderated = moderated_t(quiet, prior);
  EXPECT_EQ(moderated.df, 16);
  const double s = std::sqrt((12 * 1e-4 + 4 * variance(quiet)) / 16);
  EXPECT_CLOSE(moderated.standard_error, s / std::sqrt(5.0), 1e-12);
  const std::vector<double> loud{0.3, -0.2, 0.1, -0.1, 0.25};
  EXPECT_EQ(moderated_t(loud, prior).df, 4);
  EXPECT_EQ(moderated_t(quiet, {0, 12}).df, 4);
}

TEST(TTests, PooledPriorIsTheCommonVarianceWhenAllAgree) {
  // Five equal variances of many degrees of freedom: nothing varies, so all the weight that is allowed.
  const PriorVariance same = pooled_prior(std::vector<SampleVariance>(5, {4e-4, 200}));
  EXPECT_EQ(same.df, 12);
  EXPECT_NEAR(same.variance / 4e-4, 1, 0.01);
  const PriorVariance wild =
      pooled_prior(std::vector<SampleVariance>{{1e-6, 4}, {1e-4, 4}, {1e-2, 4}, {1, 4}, {1e-5, 4}, {1e-3, 4}});
  EXPECT_LT(wild.df, 2);
  EXPECT_EQ(pooled_prior(std::vector<SampleVariance>{{1e-4, 4}, {1e-4, 4}}).variance, 0);
  EXPECT_EQ(pooled_prior(std::vector<SampleVariance>(9, {0.0, 4})).variance, 0);
}

TEST(TTests, PooledPriorTakesSeriesOfDifferentLengthsTogether) {
  std::vector<SampleVariance> mixed;
  for (const double df : {3.0, 4.0, 9.0, 14.0, 29.0, 100.0}) mixed.push_back({4e-4, df});
  EXPECT_NEAR(pooled_prior(mixed).variance / 4e-4, 1, 0.3);
  EXPECT_EQ(pooled_prior(mixed).df, 12);
}

TEST(TTests, OneWildSeriesDoesNotSpeakForAll) {
  std::vector<SampleVariance> series;
  for (const double value : {3e-4, 4e-4, 5e-4, 3.5e-4, 4.5e-4, 4e-4, 3e-4, 5e-4, 6e-4, 2.5e-4})
    series.push_back({value, 4});
  const PriorVariance before = pooled_prior(series);
  series.back().variance = 100;
  const PriorVariance after = pooled_prior(series);
  EXPECT_GT(after.df, 6);
  EXPECT_NEAR(after.variance / before.variance, 1, 0.6);
}

}  // namespace
}  // namespace perfwarden::stats
