#include "model/comparison.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace perfwarden {
namespace {

TEST(Comparison, WorseIsSlowerForTimesAndLessForRates) {
  Comparison c;
  c.ratio = 1.1;
  c.ratio_interval = {1.05, 1.2, 0.99};
  c.metric.better = Better::lower;
  EXPECT_NEAR(c.worse_by(), 0.1, 1e-12);
  EXPECT_NEAR(c.worse_interval().low, 0.05, 1e-12);
  EXPECT_NEAR(c.worse_interval().high, 0.2, 1e-12);
  c.metric.better = Better::higher;
  EXPECT_NEAR(c.worse_by(), -0.1, 1e-12);
  EXPECT_NEAR(c.worse_interval().low, -0.2, 1e-12);
  EXPECT_NEAR(c.worse_interval().high, -0.05, 1e-12);
  EXPECT_EQ(c.worse_interval().confidence, 0.99);
  EXPECT_TRUE(std::isnan(Comparison{}.worse_by()));
}

}  // namespace
}  // namespace perfwarden
