#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "stats/null_tables.hpp"
#include "stats/ranks.hpp"

namespace perfwarden::stats {

// A RankSum is a Mann–Whitney (Wilcoxon rank-sum) test of x against y. "less" means that x tends to
// be smaller than y. NaN everywhere when a side is empty.
struct RankSum {
  double u = 0;  // of x: pairs with x > y, plus half of those with x = y
  double p_less = 1;
  double p_greater = 1;
  double p_two_sided = 1;  // min(1, 2·min(p_less, p_greater))
  bool exact = true;       // else tie- and continuity-corrected normal approximation
  bool ties = false;
};

// A TiedRankSumNull is the permutation distribution of U given the tie groups of the pooled sample,
// by counting over doubled midranks in two halves that meet in the middle. Memory O(N³), time O(N⁴)
// with small constants: for N up to about a hundred.
class TiedRankSumNull {
 public:
  TiedRankSumNull(std::span<const TieGroup> groups, std::size_t m);  // m values of the pooled sample are x
  [[nodiscard]] double at_most(double u) const;                      // P(U ≤ u)
  [[nodiscard]] double at_least(double u) const;                     // P(U ≥ u)

 private:
  struct Half {
    std::vector<std::int64_t> lowest;  // [k]: the smallest sum of k ranks of this half
    std::vector<std::size_t> begin;    // [k] … [k + 1]: where the ways of k ranks lie in `ways`
    std::vector<double> ways;          // by sum − lowest[k]
    [[nodiscard]] std::span<const double> of(std::size_t k) const {
      return std::span(ways).subspan(begin[k], begin[k + 1] - begin[k]);
    }
    [[nodiscard]] std::size_t most() const { return lowest.size() - 1; }
  };
  [[nodiscard]] static Half count(std::span<const std::int64_t> ranks, std::size_t most);
  [[nodiscard]] double units(double u) const;  // U as a sum of the ranks that the halves hold
  std::size_t m_ = 0;
  std::int64_t step_ = 1;   // gcd of the differences of doubled ranks
  std::int64_t first_ = 0;  // the smallest doubled rank
  Half low_, high_;
  double ways_ = 1;
};

// Exact where that is cheap (without ties up to k_exact_rank_sum_untied products m·n, with ties up to
// k_exact_rank_sum_tied), otherwise the normal approximation. O(N log N) beyond.
inline constexpr std::size_t k_exact_rank_sum_untied = 10'000;
inline constexpr std::size_t k_exact_rank_sum_tied = 2'500;
[[nodiscard]] RankSum rank_sum(std::span<const double> x, std::span<const double> y, NullCache& nulls,
                               std::size_t exact_tied = k_exact_rank_sum_tied);

// The smallest one-sided p that m against n can give: 1 / C(m+n, m).
[[nodiscard]] double rank_sum_smallest_p(std::size_t m, std::size_t n);

}  // namespace perfwarden::stats
