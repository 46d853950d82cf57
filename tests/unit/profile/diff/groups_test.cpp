#include "profile/diff/groups.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "unit/profile/diff/counts.hpp"

namespace perfwarden::profile {
namespace {

using test::counts;

std::vector<GroupDelta> rolled(const std::vector<Member>& members) {
  const Yardstick yardstick(counts(10'000, 10'000), Normalization::share, {1, 1}, false);
  return roll_up(
      members, [](double largest, const Samples2&) { return largest; }, yardstick, 1, Thresholds(DiffOptions{}));
}

TEST(Groups, AddUpTheirMembersAndComeWithTheLargestRiseFirst) {
  const auto groups = rolled({{"json", counts(500, 800), 1},
                              {"std", counts(2000, 1400), 1},
                              {"json", counts(500, 800), 1},
                              {"", counts(4000, 4000), 1}});
  ASSERT_EQ(groups.size(), 2U) << "members of no group are nobody's";
  EXPECT_EQ(groups[0].name, "json");
  EXPECT_DOUBLE_EQ(groups[0].self.head, 0.16);
  EXPECT_EQ(groups[0].change, FrameChange::regression);
  EXPECT_EQ(groups[1].change, FrameChange::improvement);
}

TEST(Groups, BelowHalfAPercentOnBothSidesAreNotTold) {
  EXPECT_TRUE(rolled({{"tiny", counts(49, 49), 1}}).empty());
  EXPECT_EQ(rolled({{"tiny", counts(10, 50), 1}}).size(), 1U);
}

TEST(Groups, AreAsNoisyAsTheirNoisiestMember) {
  const auto calm = rolled({{"a", counts(500, 600), 1}, {"a", counts(10, 10), 1}});
  const auto noisy = rolled({{"a", counts(500, 600), 1}, {"a", counts(10, 10), 9}});
  EXPECT_GT(noisy.at(0).self.p, calm.at(0).self.p);
}

}  // namespace
}  // namespace perfwarden::profile
