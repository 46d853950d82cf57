#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <random>

#include "stats/hodges_lehmann.hpp"
#include "stats/rank_sum.hpp"
#include "stats/signed_rank.hpp"
#include "unit/stats/vectors.hpp"

namespace perfwarden::stats {
namespace {

std::vector<double> noise(std::size_t n, std::uint64_t seed, double shift = 0) {
  std::mt19937_64 engine(seed);
  std::normal_distribution<double> normal(shift, 1);
  std::vector<double> values(n);
  for (double& value : values) value = normal(engine);
  return values;
}

std::vector<double> coarse(std::vector<double> values, double step) {
  for (double& value : values) value = std::round(value / step) * step;
  return values;
}

// P(U ≤ u) by the textbook recursion in probabilities, all terms positive.
std::vector<double> by_recursion(std::size_t m, std::size_t n) {
  std::vector<std::vector<double>> previous(n + 1, {1.0});
  for (std::size_t i = 1; i <= m; ++i) {
    std::vector<std::vector<double>> current{{1.0}};
    for (std::size_t j = 1; j <= n; ++j) {
      std::vector<double> mass(i * j + 1, 0.0);
      const double total = static_cast<double>(i + j);
      for (std::size_t s = 0; s < previous[j].size(); ++s)
        mass[s + j] += previous[j][s] * static_cast<double>(i) / total;
      for (std::size_t s = 0; s < current.back().size(); ++s)
        mass[s] += current.back()[s] * static_cast<double>(j) / total;
      current.push_back(std::move(mass));
    }
    previous = std::move(current);
  }
  return previous[n];
}

TEST(RankSumNull, AgreesWithTheTextbookRecursionInBothTails) {
  for (const auto& [m, n] : {std::pair<std::size_t, std::size_t>{1, 1}, {1, 9}, {7, 3}, {25, 25}, {40, 33}, {6, 50}}) {
    const SymmetricNull null = rank_sum_null(m, n);
    const std::vector<double> mass = by_recursion(m, n);
    ASSERT_EQ(null.maximum(), m * n);
    double sum = 0;
    for (std::size_t u = 0; u < mass.size(); ++u) {
      sum += mass[u];
      EXPECT_CLOSE(null.at_most(static_cast<double>(u)), sum, 1e-11);
      EXPECT_CLOSE(null.at_least(static_cast<double>(m * n - u)), sum, 1e-11);
    }
  }
}

TEST(RankSumNull, KeepsItsRelativePrecisionFarOutAtLargeSizes) {
  const SymmetricNull null = rank_sum_null(100, 100);
  EXPECT_CLOSE(null.at_most(0), rank_sum_smallest_p(100, 100), 1e-10);
  EXPECT_CLOSE(null.at_most(1) / null.at_most(0), 2, 1e-10);
  EXPECT_CLOSE(null.at_most(3) / null.at_most(0), 7, 1e-10);  // partitions of 0, 1, 2, 3: 1 + 1 + 2 + 3
  EXPECT_CLOSE(null.at_most(10'000), 1, 1e-12);
  EXPECT_EQ(null.at_most(-1), 0);
}

TEST(SymmetricNull, QuantileIsTheSmallestValueThatReachesTheLevel) {
  const SymmetricNull null = rank_sum_null(5, 5);
  EXPECT_EQ(null.quantile(0.025), 3u);  // R: qwilcox(0.025, 5, 5)
  EXPECT_EQ(null.quantile(1.0 / 252), 0u);
  EXPECT_EQ(null.quantile(1), 25u);
}

TEST(TiedRankSumNull, WithoutTiesIsTheTable) {
  for (const auto& [m, n] : {std::pair<std::size_t, std::size_t>{1, 1}, {2, 9}, {9, 2}, {12, 13}}) {
    std::vector<TieGroup> groups;
    for (std::size_t i = 0; i < m + n; ++i) groups.push_back({1, 2 * (i + 1)});
    const TiedRankSumNull tied(groups, m);
    const SymmetricNull null = rank_sum_null(m, n);
    for (std::size_t u = 0; u <= m * n; ++u) {
      EXPECT_CLOSE(tied.at_most(static_cast<double>(u)), null.at_most(static_cast<double>(u)), 1e-12);
      EXPECT_CLOSE(tied.at_least(static_cast<double>(u)), null.at_least(static_cast<double>(u)), 1e-12);
    }
  }
}

// P(U ≤ u) over all choices of m places.
TEST(TiedRankSumNull, AgreesWithEnumerationOfAllRelabellings) {
  const std::vector<double> pooled{1, 1, 2, 3, 3, 3, 4, 7, 7, 9, 9};
  std::vector<TieGroup> groups;
  const std::vector<std::uint64_t> ranks = doubled_midranks(pooled, &groups);
  for (const std::size_t m : {1u, 4u, 6u, 10u}) {
    std::vector<double> statistics;
    std::vector<bool> chosen(pooled.size());
    std::fill(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(m), true);
    do {
      double sum = 0;
      for (std::size_t i = 0; i < pooled.size(); ++i)
        if (chosen[i]) sum += static_cast<double>(ranks[i]) / 2;
      statistics.push_back(sum - static_cast<double>(m * (m + 1)) / 2);
    } while (std::prev_permutation(chosen.begin(), chosen.end()));
    const TiedRankSumNull null(groups, m);
    for (const double u : statistics) {
      const auto count = std::count_if(statistics.begin(), statistics.end(), [u](double s) { return s <= u; });
      EXPECT_CLOSE(null.at_most(u), static_cast<double>(count) / static_cast<double>(statistics.size()), 1e-12);
    }
  }
}

TEST(RankSum, SwappingSidesMirrorsP) {
  NullCache nulls;
  for (const double step : {1e-9, 0.5}) {
    const auto x = coarse(noise(11, 1), step);
    const auto y = coarse(noise(8, 2, 0.8), step);
    const RankSum there = rank_sum(x, y, nulls);
    const RankSum back = rank_sum(y, x, nulls);
    EXPECT_CLOSE(there.p_less, back.p_greater, 1e-12);
    EXPECT_CLOSE(there.p_two_sided, back.p_two_sided, 1e-12);
    EXPECT_EQ(there.u + back.u, 88);
  }
}

TEST(RankSum, EqualValuesSayNothing) {
  NullCache nulls;
  const std::vector<double> same(6, 2.5);
  EXPECT_EQ(rank_sum(same, same, nulls).p_two_sided, 1);
  EXPECT_EQ(rank_sum_normal(same, same).p_two_sided, 1);
  EXPECT_TRUE(std::isnan(rank_sum({}, same, nulls).p_two_sided));
}

TEST(RankSum, ExactAndNormalMeetWhereTheyHandOver) {
  NullCache nulls;
  const auto x = coarse(noise(50, 3), 0.1);
  const auto y = coarse(noise(50, 4, 0.5), 0.1);
  const RankSum exact = rank_sum(x, y, nulls);
  ASSERT_TRUE(exact.exact && exact.ties);
  EXPECT_NEAR(std::log(exact.p_less), std::log(rank_sum_normal(x, y).p_less), 0.1);
}

TEST(RankSum, TenThousandAgainstTenThousandStaysLinearithmic) {
  NullCache nulls;
  const auto x = noise(10'000, 5);
  const auto y = noise(10'000, 6, 0.1);
  const RankSum got = rank_sum(x, y, nulls);
  EXPECT_FALSE(got.exact);
  EXPECT_LT(got.p_less, 1e-6);
  const LocationEstimate location = shift(y, x, 0.99, nulls);
  EXPECT_NEAR(location.estimate, 0.1, 0.05);
  EXPECT_LT(location.low, location.estimate);
  EXPECT_LT(location.high - location.low, 0.2);
  EXPECT_NEAR(location.confidence, 0.99, 1e-3);
}

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

TEST(HodgesLehmann, SelectionByCountingEqualsSelectionByListing) {
  const auto check = [](std::vector<double> x, std::vector<double> y) {
    std::vector<double> listed;
    for (const double a : x)
      for (const double b : y) listed.push_back(a - b);
    std::sort(listed.begin(), listed.end());
    std::sort(x.begin(), x.end());
    std::sort(y.begin(), y.end());
    for (std::size_t k = 0; k < listed.size(); ++k) EXPECT_EQ(select_difference(x, y, k), listed[k]);
    listed.clear();
    for (std::size_t i = 0; i < x.size(); ++i)
      for (std::size_t j = i; j < x.size(); ++j) listed.push_back(0.5 * (x[i] + x[j]));
    std::sort(listed.begin(), listed.end());
    for (std::size_t k = 0; k < listed.size(); ++k) EXPECT_EQ(select_walsh(x, k), listed[k]);
  };
  check(noise(13, 9), noise(9, 10));
  check(coarse(noise(12, 11), 0.5), coarse(noise(15, 12), 0.5));
  check({-1e300, 1e-300, 0, 5}, {1e300, -2, 0});
  check({1}, {1});
}

TEST(HodgesLehmann, LargeSamplesGiveWhatSmallOnesWould) {
  NullCache nulls;
  const auto x = noise(90, 13);
  const auto y = noise(70, 14);  // 6300 differences: counted
  std::vector<double> listed;
  for (const double a : x)
    for (const double b : y) listed.push_back(a - b);
  std::sort(listed.begin(), listed.end());
  const LocationEstimate got = shift(x, y, 0.95, nulls);
  EXPECT_EQ(got.estimate, 0.5 * (listed[3149] + listed[3150]));
  const OrderStatistic order = shift_order(90, 70, 0.95, nulls);
  EXPECT_EQ(got.low, listed[order.index - 1]);
  EXPECT_EQ(got.high, listed[6300 - order.index]);
}

TEST(HodgesLehmann, TooFewValuesGiveTheExtremesAtALowerLevel) {
  NullCache nulls;
  const LocationEstimate one = pseudomedian(std::vector<double>{3}, 0.95, nulls);
  EXPECT_EQ(one.estimate, 3);
  EXPECT_EQ(one.confidence, 0);
  const LocationEstimate four = pseudomedian(std::vector<double>{1, 2, 3, 4}, 0.99, nulls);
  EXPECT_EQ(four.low, 1);
  EXPECT_EQ(four.high, 4);
  EXPECT_EQ(four.confidence, 1 - 2.0 / 16);
  EXPECT_TRUE(std::isnan(pseudomedian({}, 0.95, nulls).estimate));
  EXPECT_TRUE(std::isnan(shift({}, {}, 0.95, nulls).estimate));
}

}  // namespace
}  // namespace perfwarden::stats
