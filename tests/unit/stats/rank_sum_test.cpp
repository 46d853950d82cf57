#include "stats/rank_sum.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "unit/stats/made.hpp"
#include "unit/stats/vectors.hpp"

namespace perfwarden::stats {
namespace {

using test::coarse;
using test::noise;

TEST(RankSum, SwappingSidesMirrorsP) {
  NullCache nulls;
  for (const double step : {1e-9, 0.5}) {
    const auto x = coarse(noise(11, 1), step);
    const auto y = coarse(noise(8, 2, 0.8), step);
    const RankSum there = rank_sum(x, y, nulls);
    const RankSum back = rank_sum(y, x, nulls);
    EXPECT_CLOSE(there.p_less, back.p_greater, 1e-12);
    EXPECT_CLOSE(there.p_two_sided, back.p_two_sided, 1e-12);
    EXPECT_EQ(there.u + back.u, 88);
  }
}

TEST(RankSum, EqualValuesSayNothing) {
  NullCache nulls;
  const std::vector<double> same(6, 2.5);
  EXPECT_EQ(rank_sum(same, same, nulls).p_two_sided, 1);
  EXPECT_EQ(rank_sum(same, same, nulls, 0).p_two_sided, 1);
  EXPECT_TRUE(std::isnan(rank_sum({}, same, nulls).p_two_sided));
}

TEST(RankSum, ExactAndNormalMeetWhereTheyHandOver) {
  NullCache nulls;
  const auto x = coarse(noise(50, 3), 0.1);
  const auto y = coarse(noise(50, 4, 0.5), 0.1);
  const RankSum exact = rank_sum(x, y, nulls);
  ASSERT_TRUE(exact.exact && exact.ties);
  EXPECT_NEAR(std::log(exact.p_less), std::log(rank_sum(x, y, nulls, 0).p_less), 0.1);
}

TEST(RankSum, TenThousandAgainstTenThousandStaysLinearithmic) {
  NullCache nulls;
  const auto x = noise(10'000, 5);
  const auto y = noise(10'000, 6, 0.1);
  const RankSum got = rank_sum(x, y, nulls);
  EXPECT_FALSE(got.exact);
  EXPECT_LT(got.p_less, 1e-6);
  const LocationEstimate location = shift(y, x, 0.99, nulls);
  EXPECT_NEAR(location.estimate, 0.1, 0.05);
  EXPECT_LT(location.low, location.estimate);
  EXPECT_LT(location.high - location.low, 0.2);
  EXPECT_NEAR(location.confidence, 0.99, 1e-3);
}

}  // namespace
}  // namespace perfwarden::stats
