#include "stats/hodges_lehmann.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "unit/stats/made.hpp"

namespace perfwarden::stats {
namespace {

using test::coarse;
using test::noise;

TEST(HodgesLehmann, SelectionByCountingEqualsSelectionByListing) {
  const auto check = [](std::vector<double> x, std::vector<double> y) {
    std::vector<double> listed;
    for (const double a : x)
      for (const double b : y) listed.push_back(a - b);
    std::sort(listed.begin(), listed.end());
    std::sort(x.begin(), x.end());
    std::sort(y.begin(), y.end());
    for (std::size_t k = 0; k < listed.size(); ++k) EXPECT_EQ(select_difference(x, y, k), listed[k]);
    listed.clear();
    for (std::size_t i = 0; i < x.size(); ++i)
      for (std::size_t j = i; j < x.size(); ++j) listed.push_back(0.5 * (x[i] + x[j]));
    std::sort(listed.begin(), listed.end());
    for (std::size_t k = 0; k < listed.size(); ++k) EXPECT_EQ(select_walsh(x, k), listed[k]);
  };
  check(noise(13, 9), noise(9, 10));
  check(coarse(noise(12, 11), 0.5), coarse(noise(15, 12), 0.5));
  check({-1e300, 1e-300, 0, 5}, {1e300, -2, 0});
  check({1}, {1});
}

TEST(HodgesLehmann, LargeSamplesGiveWhatSmallOnesWould) {
  NullCache nulls;
  const auto x = noise(90, 13);
  const auto y = noise(70, 14);  // 6300 differences: counted
  std::vector<double> listed;
  for (const double a : x)
    for (const double b : y) listed.push_back(a - b);
  std::sort(listed.begin(), listed.end());
  const LocationEstimate got = shift(x, y, 0.95, nulls);
  EXPECT_EQ(got.estimate, 0.5 * (listed[3149] + listed[3150]));
  const OrderStatistic order = shift_order(90, 70, 0.95, nulls);
  EXPECT_EQ(got.low, listed[order.index - 1]);
  EXPECT_EQ(got.high, listed[6300 - order.index]);
}

TEST(HodgesLehmann, TooFewValuesGiveTheExtremesAtALowerLevel) {
  NullCache nulls;
  const LocationEstimate one = pseudomedian(std::vector<double>{3}, 0.95, nulls);
  EXPECT_EQ(one.estimate, 3);
  EXPECT_EQ(one.confidence, 0);
  const LocationEstimate four = pseudomedian(std::vector<double>{1, 2, 3, 4}, 0.99, nulls);
  EXPECT_EQ(four.low, 1);
  EXPECT_EQ(four.high, 4);
  EXPECT_EQ(four.confidence, 1 - 2.0 / 16);
  EXPECT_TRUE(std::isnan(pseudomedian({}, 0.95, nulls).estimate));
  EXPECT_TRUE(std::isnan(shift({}, {}, 0.95, nulls).estimate));
}

}  // namespace
}  // namespace perfwarden::stats
