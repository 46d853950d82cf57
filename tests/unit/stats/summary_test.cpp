#include "stats/summary.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace perfwarden::stats {
namespace {

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

}  // namespace
}  // namespace perfwarden::stats
