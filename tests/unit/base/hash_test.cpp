#include "base/hash.hpp"

#include <gtest/gtest.h>

#include <array>

namespace perfwarden {
namespace {

TEST(Fnv1a, GivesThePublishedValues) {
  EXPECT_EQ(fnv1a(""), 0xcbf29ce484222325ULL);
  EXPECT_EQ(fnv1a("a"), 0xaf63dc4c8601ec8cULL);
  EXPECT_EQ(fnv1a("foobar"), 0x85944171f73967e8ULL);
}

TEST(Fnv1a, ContinuesFromASeed) {
  EXPECT_EQ(fnv1a("bar", fnv1a("foo")), fnv1a("foobar"));
}

TEST(Hex16, IsAlwaysSixteenDigits) {
  EXPECT_EQ(hex16(0), "0000000000000000");
  EXPECT_EQ(hex16(0xDEADBEEFULL), "00000000deadbeef");
  EXPECT_EQ(hex16(UINT64_MAX), "ffffffffffffffff");
}

TEST(SplitMix64, GivesThePublishedSequence) {
  SplitMix64 random(1234567);
  for (const std::uint64_t expected : {6457827717110365317ULL, 3203168211198807973ULL, 9817491932198370423ULL,
                                       4593380528125082431ULL, 16408922859458223821ULL})
    EXPECT_EQ(random.next(), expected);
}

TEST(SplitMix64, BelowStaysBelowAndReachesEveryNumber) {
  SplitMix64 random(1);
  std::array<int, 3> seen{};
  for (int i = 0; i < 3000; ++i) ++seen.at(random.below(3));
  for (const int count : seen) EXPECT_NEAR(count, 1000, 120);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(random.below(1), 0U);
  EXPECT_LT(random.below(UINT64_MAX), UINT64_MAX);
}

TEST(SplitMix64, UniformIsFromZeroUpToButNotOne) {
  SplitMix64 random(2);
  double sum = 0;
  for (int i = 0; i < 1000; ++i) {
    const double draw = random.uniform();
    ASSERT_GE(draw, 0);
    ASSERT_LT(draw, 1);
    sum += draw;
  }
  EXPECT_NEAR(sum / 1000, 0.5, 0.05);
}

}  // namespace
}  // namespace perfwarden
