#include "stats/proportions.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace perfwarden::stats {
namespace {

TEST(Binomial, TailsOfWholeNumbersAreTheSums) {
  // K ~ binomial(10, 1/2): P(K ≤ 2) = (1 + 10 + 45) / 1024.
  EXPECT_NEAR(binomial_lower(2, 10, 0.5), 56.0 / 1024, 1e-12);
  EXPECT_NEAR(binomial_upper(8, 10, 0.5), 56.0 / 1024, 1e-12);
  EXPECT_NEAR(binomial_two_sided(8, 10, 0.5), 112.0 / 1024, 1e-12);
  EXPECT_DOUBLE_EQ(binomial_two_sided(5, 10, 0.5), 1);
}

TEST(Binomial, GoesOnBetweenWholeNumbers) {
  const double between = binomial_lower(2.5, 10, 0.5);
  EXPECT_GT(between, binomial_lower(2, 10, 0.5));
  EXPECT_LT(between, binomial_lower(3, 10, 0.5));
}

TEST(Wilson, TenOfAHundred) {
  const Bounds bounds = wilson(10, 100, 0.95);
  EXPECT_NEAR(bounds.low, 0.0552, 5e-5);
  EXPECT_NEAR(bounds.high, 0.1744, 5e-5);
}

// Newcombe, Statistics in Medicine 17 (1998), table II, method 10: 56/70 − 48/80.
TEST(Newcombe, TheExampleOfItsPaper) {
  const Bounds bounds = newcombe(48, 80, 56, 70, 0.95);
  EXPECT_NEAR(bounds.low, 0.0524, 5e-5);
  EXPECT_NEAR(bounds.high, 0.3339, 5e-5);
}

// The score interval solves (k − μ)² = z² μ: k + z²/2 ± z √(k + z²/4).
TEST(Poisson, BoundsAreThoseOfTheScoreTest) {
  const double z = 1.959963984540054;
  const Bounds bounds = poisson_bounds(10, 0.95);
  EXPECT_NEAR(bounds.low, 10 + z * z / 2 - z * std::sqrt(10 + z * z / 4), 1e-6);
  EXPECT_NEAR(bounds.high, 10 + z * z / 2 + z * std::sqrt(10 + z * z / 4), 1e-6);
  EXPECT_NEAR(poisson_bounds(0, 0.95).low, 0, 1e-12);
}

TEST(Difference, OfEqualIntervalsIsTheirRootOfSquares) {
  const Bounds bounds = difference_of(1, {0, 2}, 5, {4, 6});
  EXPECT_NEAR(bounds.low, 4 - std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(bounds.high, 4 + std::sqrt(2.0), 1e-12);
}

// The table of docs/profiles.md#how-many-samples-it-takes.
TEST(Samples, AreAsManyAsTheFormulaSays) {
  EXPECT_NEAR(samples_for_shares(0.10, 0.15, 0.05), 690, 10);
  EXPECT_NEAR(samples_for_shares(0.05, 0.08, 0.05), 1060, 15);
}

}  // namespace
}  // namespace perfwarden::stats
