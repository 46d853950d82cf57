#include "stats/distributions.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "unit/stats/made.hpp"
#include "unit/stats/vectors.hpp"

namespace perfwarden::stats {
namespace {

using test::k_inf;

TEST(Distributions, AreAccurateFarOutAndNeverThrow) {
  EXPECT_CLOSE(normal_upper(10), 7.619853024160526e-24, 1e-9);
  EXPECT_CLOSE(normal_quantile(0.975), 1.959963984540054, 1e-9);
  EXPECT_CLOSE(t_upper(20, 1), std::atan(1.0 / 20) / std::acos(-1.0), 1e-9);
  EXPECT_CLOSE(t_quantile(0.95, 13), 1.770933396, 1e-6);
  EXPECT_EQ(t_upper(k_inf, 4), 0);
  EXPECT_EQ(normal_quantile(0), -k_inf);
  for (const double bad : {std::nan(""), -1.0, 2.0}) {
    EXPECT_TRUE(std::isnan(normal_quantile(bad)));
    EXPECT_TRUE(std::isnan(t_quantile(bad, 5)));
  }
  EXPECT_TRUE(std::isnan(t_upper(1, 0)));
  EXPECT_TRUE(std::isnan(f_quantile(0.95, 0, 3)));
  EXPECT_CLOSE(f_quantile(0.95, 5, 12), 3.105875239, 1e-6);
}

}  // namespace
}  // namespace perfwarden::stats
