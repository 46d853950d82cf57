#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "stats/distributions.hpp"
#include "stats/effect_size.hpp"
#include "stats/p_adjust.hpp"
#include "stats/power.hpp"
#include "stats/summary.hpp"
#include "stats/t_tests.hpp"
#include "unit/stats/vectors.hpp"

namespace perfwarden::stats {
namespace {

constexpr double k_inf = std::numeric_limits<double>::infinity();

TEST(Distributions, AreAccurateFarOutAndNeverThrow) {
  EXPECT_CLOSE(normal_upper(10), 7.619853024160526e-24, 1e-9);
  EXPECT_CLOSE(normal_quantile(0.975), 1.959963984540054, 1e-9);
  EXPECT_CLOSE(t_upper(20, 1), std::atan(1.0 / 20) / std::acos(-1.0), 1e-9);
  EXPECT_CLOSE(t_quantile(0.95, 13), 1.770933396, 1e-6);
  EXPECT_EQ(t_upper(k_inf, 4), 0);
  EXPECT_EQ(normal_quantile(0), -k_inf);
  for (const double bad : {std::nan(""), -1.0, 2.0}) {
    EXPECT_TRUE(std::isnan(normal_quantile(bad)));
    EXPECT_TRUE(std::isnan(t_quantile(bad, 5)));
  }
  EXPECT_TRUE(std::isnan(t_upper(1, 0)));
  EXPECT_TRUE(std::isnan(f_quantile(0.95, 0, 3)));
  EXPECT_CLOSE(f_quantile(0.95, 5, 12), 3.105875239, 1e-6);
}

TEST(Summary, TooFewValuesAreNaN) {
  EXPECT_TRUE(std::isnan(mean({})));
  EXPECT_TRUE(std::isnan(median({})));
  EXPECT_TRUE(std::isnan(variance(std::vector<double>{1})));
  EXPECT_TRUE(std::isnan(quantile({}, 0.5)));
  EXPECT_TRUE(std::isnan(coefficient_of_variation(std::vector<double>{-1, 1})));
}

TEST(Summary, MeanKeepsWhatAPlainSumLoses) {
  const std::vector<double> values{1e16, 1, 1, -1e16 + 4};
  EXPECT_NEAR(mean(values), 1.5, 0.5);
}

TEST(Summary, TheWidestGapFindsTwoModes) {
  const std::vector<double> bimodal{1.00, 1.01, 1.30, 0.99, 1.31, 1.00, 1.02, 1.29, 1.01, 0.98};
  const Split split = gap_split(bimodal, 0.2);
  EXPECT_GT(split.explained, 0.95);
  EXPECT_NEAR(split.low_mode, 1.00, 0.011);
  EXPECT_NEAR(split.high_mode, 1.30, 0.011);
  EXPECT_NEAR(split.high_fraction, 0.3, 1e-12);
  EXPECT_EQ(gap_split(std::vector<double>(4, 2.0), 0.2).explained, 0);
}

TEST(EffectSize, WithoutSpreadIsZeroOrInfinite) {
  const std::vector<double> a(3, 1.0);
  const std::vector<double> b(3, 2.0);
  EXPECT_EQ(cohens_d(a, a), 0);
  EXPECT_EQ(cohens_d(a, b), k_inf);
  EXPECT_EQ(cohens_d(b, a), -k_inf);
  EXPECT_TRUE(std::isnan(cohens_d(std::vector<double>{1}, std::vector<double>{2})));
}

TEST(PAdjust, NaNIsNotCounted) {
  const std::vector<double> p{0.01, std::nan(""), 0.04};
  const auto holm = p_adjust(p, Adjustment::holm);
  EXPECT_DOUBLE_EQ(holm[0], 0.02);
  EXPECT_TRUE(std::isnan(holm[1]));
  EXPECT_DOUBLE_EQ(holm[2], 0.04);
  EXPECT_EQ(p_adjust(p, Adjustment::none)[2], 0.04);
  EXPECT_TRUE(p_adjust({}, Adjustment::holm).empty());
}

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

TEST(Power, PairsNeededIsTheWorkedExampleOfTheProcedure) {
  // 20 benchmarks, α = .01 spent .1 at the first look … .4 at the last; CV 3 % a run, +5 %, 80 %.
  EXPECT_EQ(pairs_needed(0.03 * std::sqrt(2.0), std::log(1.05), 0.01 * 0.4 / 20, 0.8), 16u);
  EXPECT_EQ(pairs_needed(0.001, 0.05, 0.01 / 20, 0.8), 11u);  // held up by the resolution 2⁻ⁿ
  EXPECT_EQ(samples_needed(0.001, 0.05, 0.05 / 20, 0.8), samples_for_level(0.05 / 20));
  EXPECT_EQ(pairs_for_level(0), 1'000'000'000u);
}

TEST(Power, DetectableEffectShrinksWithSamplesAndIsNaNWithoutSpreadKnown) {
  EXPECT_GT(detectable_paired(0.03, 10, 0.001), detectable_paired(0.03, 40, 0.001));
  EXPECT_GT(detectable_unpaired(0.03, 10, 10, 0.001), detectable_paired(0.03, 10, 0.001));
  EXPECT_TRUE(std::isnan(detectable_paired(0.03, 1, 0.001)));
  EXPECT_EQ(detectable_paired(0, 10, 0.001), 0);
}

}  // namespace
}  // namespace perfwarden::stats
