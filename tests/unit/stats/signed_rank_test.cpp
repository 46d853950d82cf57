#include "stats/signed_rank.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "unit/stats/made.hpp"
#include "unit/stats/vectors.hpp"

namespace perfwarden::stats {
namespace {

using test::coarse;
using test::noise;

TEST(SignedRank, AHundredThousandPairsStayLinearithmic) {
  NullCache nulls;
  const auto d = noise(100'000, 7, 0.05);
  const SignedRank got = signed_rank(trimmed(d), nulls);
  EXPECT_FALSE(got.exact);
  EXPECT_LT(got.p_greater, 1e-6);
  EXPECT_NEAR(pseudomedian(d, 0.99, nulls).estimate, 0.05, 0.01);
}

TEST(SignedRank, AgreesWithEnumerationOfSignsUnderTies) {
  NullCache nulls;
  const std::vector<double> d{1, -1, 2, 2, 2, -3, 0, 4, 0, 4, -4};
  const SignedRank got = signed_rank(d, nulls);
  std::vector<double> sizes;
  for (const double value : d)
    if (value != 0) sizes.push_back(std::fabs(value));
  const std::vector<std::uint64_t> ranks = doubled_midranks(sizes);
  std::size_t at_most = 0;
  std::size_t at_least = 0;
  for (unsigned signs = 0; signs < 1u << sizes.size(); ++signs) {
    double w = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i)
      if ((signs >> i & 1u) != 0) w += static_cast<double>(ranks[i]) / 2;
    at_most += w <= got.w ? 1 : 0;
    at_least += w >= got.w ? 1 : 0;
  }
  EXPECT_EQ(got.n, 9u);
  EXPECT_TRUE(got.ties);
  EXPECT_CLOSE(got.p_less, static_cast<double>(at_most) / 512, 1e-12);
  EXPECT_CLOSE(got.p_greater, static_cast<double>(at_least) / 512, 1e-12);
}

TEST(SignedRank, SwappingSignsMirrorsPAndZerosAreDropped) {
  NullCache nulls;
  std::vector<double> d = coarse(noise(14, 8, 0.4), 0.25);
  d.push_back(0);
  const SignedRank there = signed_rank(d, nulls);
  for (double& value : d) value = -value;
  const SignedRank back = signed_rank(d, nulls);
  EXPECT_CLOSE(there.p_less, back.p_greater, 1e-12);
  EXPECT_CLOSE(there.p_two_sided, back.p_two_sided, 1e-12);
  EXPECT_LT(there.n, 15u);
  EXPECT_EQ(signed_rank(std::vector<double>(5, 0.0), nulls).p_two_sided, 1);
  EXPECT_EQ(signed_rank({}, nulls).p_two_sided, 1);
}

TEST(SignedRank, SmallestPIsReachedWhenAllPointOneWay) {
  NullCache nulls;
  const std::vector<double> d{1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(signed_rank(d, nulls).p_greater, signed_rank_smallest_p(7));
}

TEST(SignFlip, WithRanksAsWeightsIsTheSignedRankTest) {
  NullCache nulls;
  const std::vector<double> d{0.3, -1.2, 2.5, 0.7, -0.1, 1.9, 3.3, -0.9};
  std::vector<double> sizes;
  for (const double value : d) sizes.push_back(std::fabs(value));
  const SignedRank by_weights = sign_flip(d, doubled_midranks(sizes));
  const SignedRank plain = signed_rank(d, nulls);
  EXPECT_CLOSE(by_weights.p_less, plain.p_less, 1e-12);
  EXPECT_CLOSE(by_weights.p_greater, plain.p_greater, 1e-12);
}

TEST(SignFlip, AgreesWithEnumerationForAnyWeights) {
  const std::vector<double> d{1, -1, 1, 1, -1, 1, 0, 1};
  const std::vector<std::uint64_t> weights{4, 0, 9, 2, 7, 7, 5, 12};
  const SignedRank got = sign_flip(d, weights);
  EXPECT_EQ(got.w, 34);
  const std::vector<std::uint64_t> used{4, 9, 2, 7, 7, 12};
  double at_least = 0;
  for (unsigned signs = 0; signs < 64; ++signs) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < used.size(); ++i)
      if ((signs >> i & 1u) != 0) sum += used[i];
    if (sum >= 34) at_least += 1;
  }
  EXPECT_CLOSE(got.p_greater, at_least / 64, 1e-12);
}

TEST(SignFlip, LargeSamplesUseTheNormalApproximation) {
  const auto base = noise(400, 15);
  auto head = noise(400, 16, 0.4);
  std::vector<double> d;
  for (std::size_t i = 0; i < base.size(); ++i) d.push_back(head[i] - base[i]);
  const auto weights = paired_rank_weights(base, head, d);
  const SignedRank got = sign_flip(d, weights);
  EXPECT_FALSE(got.exact);
  EXPECT_LT(got.p_greater, 1e-4);
  EXPECT_CLOSE(got.p_less + got.p_greater, 1, 1e-12);
}

TEST(SignFlip, PairedRankWeightsDoNotDependOnWhichSideIsWhich) {
  const auto base = coarse(noise(12, 17), 0.25);
  const auto head = coarse(noise(12, 18), 0.25);
  std::vector<double> d;
  std::vector<double> e;
  for (std::size_t i = 0; i < base.size(); ++i) {
    d.push_back(head[i] - base[i]);
    e.push_back(base[i] - head[i]);
  }
  EXPECT_EQ(paired_rank_weights(base, head, d), paired_rank_weights(head, base, e));
}

TEST(Trim, DropsFarPairsByTheirSizeAloneAndNeverMoreThanAQuarter) {
  std::vector<double> d{1, -1, 1.2, -0.8, 0.9, 1.1, -1, 1, 50, -60};
  EXPECT_EQ(trimmed(d).size(), 8u);
  for (double& value : d) value = -value;
  EXPECT_EQ(trimmed(d).size(), 8u);
  const std::vector<double> spread{1, 1, 1, 1, 9, 9};
  EXPECT_EQ(trimmed(spread).size(), 6u);
  EXPECT_TRUE(trimmed({}).empty());
}

}  // namespace
}  // namespace perfwarden::stats
