#include "stats/null_tables.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "stats/rank_sum.hpp"

#include "unit/stats/vectors.hpp"

namespace perfwarden::stats {
namespace {

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

}  // namespace
}  // namespace perfwarden::stats
