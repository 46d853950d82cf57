#include "dashboard/api/line.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace perfwarden::dashboard {
namespace {

TEST(Buckets, FewValuesHaveOneEach) {
  const std::vector<Bucket> buckets = buckets_of({3, 1, 2}, 0, 3, {}, 10);
  ASSERT_EQ(buckets.size(), 3U);
  EXPECT_EQ(buckets[1].at, 1U);
  EXPECT_EQ(buckets[1].least, 1);
  EXPECT_EQ(buckets[1].most, 1);
}

TEST(Buckets, StandForTheirMedianAndKeepTheirExtremes) {
  const std::vector<Bucket> buckets = buckets_of({1, 9, 5, 7, 3, 4}, 0, 6, {}, 2);
  ASSERT_EQ(buckets.size(), 2U);
  EXPECT_EQ(buckets[0].at, 2U);
  EXPECT_EQ(buckets[0].least, 1);
  EXPECT_EQ(buckets[0].most, 9);
  EXPECT_EQ(buckets[1].at, 5U);
}

TEST(Buckets, NoPlaceThatIsToBeSeenIsHiddenInOne) {
  std::vector<double> values(1000, 1.0);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(static_cast<double>(i));
  const std::vector<std::size_t> kept{0, 411, 412, 999};
  const std::vector<Bucket> buckets = buckets_of(values, 0, 1000, kept, 50);
  for (const std::size_t place : kept)
    EXPECT_TRUE(std::any_of(buckets.begin(), buckets.end(), [&](const Bucket& one) {
      return one.at == place && one.least == one.most;
    })) << place;
  EXPECT_LE(buckets.size(), 50U + 2 * kept.size());
  for (std::size_t i = 1; i < buckets.size(); ++i) EXPECT_LT(buckets[i - 1].at, buckets[i].at);
}

TEST(Buckets, OfNothingAreNone) {
  EXPECT_TRUE(buckets_of({}, 0, 0, {}, 10).empty());
  EXPECT_TRUE(buckets_of({1, 2}, 2, 2, {}, 10).empty());
}

}  // namespace
}  // namespace perfwarden::dashboard
