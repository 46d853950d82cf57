#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "stats/null_tables.hpp"

namespace perfwarden::stats {

// A SignedRank is Wilcoxon's signed-rank test of paired differences against zero. Zeros are dropped,
// ties get midranks. "greater" means that differences tend to be above zero. With no difference left
// every p is 1.
struct SignedRank {
  double w = 0;       // Σ ranks of the positive differences (R's V)
  std::size_t n = 0;  // differences that are not zero
  double p_less = 1;
  double p_greater = 1;
  double p_two_sided = 1;  // min(1, 2·min(p_less, p_greater))
  bool exact = true;       // else tie- and continuity-corrected normal approximation
  bool ties = false;
};

// Exact up to k_exact_signed_rank differences (with ties k_exact_signed_rank_tied), by the sign-flip
// distribution over doubled midranks; beyond that the normal approximation in O(n log n).
inline constexpr std::size_t k_exact_signed_rank = 300;
inline constexpr std::size_t k_exact_signed_rank_tied = 150;
[[nodiscard]] SignedRank signed_rank(std::span<const double> differences, NullCache& nulls);

// The same test with any other weights: under the null every difference keeps its size and flips a fair coin for its
// sign. `weights[i]` ≥ 0 belongs to differences[i] and may depend on anything that the coin leaves as it is (sizes,
// the pooled values), so that the p values stay exact. w is Σ weights of the positive differences.
[[nodiscard]] SignedRank sign_flip(std::span<const double> differences, std::span<const std::uint64_t> weights);

// Weights for pairs (base[i], head[i]): the rank of |d_i| plus how far apart the two stand among all values. The first
// is the signed-rank test's and serves noise that a pair shares; the second serves outliers, which spoil one member.
// For the differences given, which are of those pairs; doubled, so that they are integers.
[[nodiscard]] std::vector<std::uint64_t> paired_rank_weights(std::span<const double> base, std::span<const double> head,
                                                             std::span<const double> differences);

// A Trim drops pairs far out. It looks at |d| only, so the signs of what is kept are still fair coins
// and the test stays exact (docs/statistics.md#the-test).
struct Trim {
  double times_median = 4;  // keep |d| ≤ times_median · median |d|
  double at_most = 0.25;    // when more than this fraction would go, keep all
};
[[nodiscard]] std::vector<bool> kept(std::span<const double> differences, const Trim& trim = {});
[[nodiscard]] std::vector<double> trimmed(std::span<const double> differences, const Trim& trim = {});

// The smallest one-sided p that n pairs can give: 2⁻ⁿ.
[[nodiscard]] double signed_rank_smallest_p(std::size_t n);

}  // namespace perfwarden::stats
