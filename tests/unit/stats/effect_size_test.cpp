#include "stats/effect_size.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "unit/stats/made.hpp"

namespace perfwarden::stats {
namespace {

using test::k_inf;

TEST(EffectSize, WithoutSpreadIsZeroOrInfinite) {
  const std::vector<double> a(3, 1.0);
  const std::vector<double> b(3, 2.0);
  EXPECT_EQ(cohens_d(a, a), 0);
  EXPECT_EQ(cohens_d(a, b), k_inf);
  EXPECT_EQ(cohens_d(b, a), -k_inf);
  EXPECT_TRUE(std::isnan(cohens_d(std::vector<double>{1}, std::vector<double>{2})));
}

}  // namespace
}  // namespace perfwarden::stats
