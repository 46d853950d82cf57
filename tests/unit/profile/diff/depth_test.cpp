#include "profile/diff/depth.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace perfwarden::profile {
namespace {

// A stack of one function below the other, with what each node costs by itself, from the root on.
CallTree chain(std::size_t depth) {
  CallTree tree;
  NodeId at = k_root;
  for (std::size_t i = 0; i < depth; ++i) at = tree.child(at, tree.frames.add("f" + std::to_string(i)));
  return tree;
}

TEST(Depth, IsWeightedByWhatEachStackCosts) {
  ProfileSide side;
  measure_depth(chain(4), std::vector<double>{0, 90, 0, 0, 10}, 0, side);
  EXPECT_DOUBLE_EQ(side.depth_mean, 1.3);
  EXPECT_EQ(side.depth_max, 4U);
  EXPECT_EQ(side.depth_p95, 4U);
}

TEST(Depth, OfUnknownSamplesIsFromTheLeastToTheDeepest) {
  ProfileSide side;
  measure_depth(chain(3), std::vector<double>{0, 96, 3, 1}, 0, side);
  EXPECT_EQ(side.depth_p95, 1U);
  EXPECT_EQ(side.depth_p95_low, 1U);
  EXPECT_EQ(side.depth_p95_high, 3U);
}

TEST(Depth, ItsIntervalNarrowsWithTheSamples) {
  const std::vector<double> self{0, 50, 44, 4, 2};
  ProfileSide few;
  measure_depth(chain(4), self, 20, few);
  ProfileSide many;
  measure_depth(chain(4), self, 100'000, many);
  EXPECT_EQ(few.depth_p95_low, 2U);
  EXPECT_EQ(few.depth_p95_high, 4U);
  EXPECT_EQ(many.depth_p95_low, 3U);
  EXPECT_EQ(many.depth_p95_high, 3U);
}

TEST(Depth, OfAProfileThatCostsNothingStaysUnknown) {
  ProfileSide side;
  measure_depth(chain(2), std::vector<double>{0, 0, 0}, 100, side);
  EXPECT_TRUE(std::isnan(side.depth_mean));
  EXPECT_EQ(side.depth_max, 0U);
}

}  // namespace
}  // namespace perfwarden::profile
