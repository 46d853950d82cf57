#include "stats/p_adjust.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace perfwarden::stats {
namespace {

TEST(PAdjust, NaNIsNotCounted) {
  const std::vector<double> p{0.01, std::nan(""), 0.04};
  const auto holm = p_adjust(p, Adjustment::holm);
  EXPECT_DOUBLE_EQ(holm[0], 0.02);
  EXPECT_TRUE(std::isnan(holm[1]));
  EXPECT_DOUBLE_EQ(holm[2], 0.04);
  EXPECT_EQ(p_adjust(p, Adjustment::none)[2], 0.04);
  EXPECT_TRUE(p_adjust({}, Adjustment::holm).empty());
}

}  // namespace
}  // namespace perfwarden::stats
