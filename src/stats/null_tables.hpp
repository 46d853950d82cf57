#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace perfwarden::stats {

// A SymmetricNull is the exact null distribution of an integer statistic on 0 … size−1 that is
// symmetric about its middle: Mann–Whitney's U and Wilcoxon's signed-rank W, both without ties.
class SymmetricNull {
 public:
  // `lower_tail[s]` = P(S ≤ s).
  explicit SymmetricNull(std::vector<double> lower_tail) : lower_tail_(std::move(lower_tail)) {}
  [[nodiscard]] double at_most(double s) const;   // P(S ≤ s); any s
  [[nodiscard]] double at_least(double s) const;  // P(S ≥ s); any s
  // Smallest s with P(S ≤ s) ≥ p, allowing for rounding in p as R's qwilcox does.
  [[nodiscard]] std::size_t quantile(double p) const;
  [[nodiscard]] std::size_t maximum() const { return lower_tail_.size() - 1; }

 private:
  std::vector<double> lower_tail_;
};

// Mann & Whitney 1947: U of m against n without ties. The counts are a Gaussian binomial
// coefficient, built factor by factor in O(m²n). Relative error below 1e-12 everywhere.
[[nodiscard]] SymmetricNull rank_sum_null(std::size_t m, std::size_t n);
// Wilcoxon 1945: W⁺ of n pairs without ties; O(n³).
[[nodiscard]] SymmetricNull signed_rank_null(std::size_t n);

// A NullCache keeps the tables that one run of comparisons needs, one a shape. Not for several
// threads at once. Bounded: it is cleared beyond a few hundred thousand numbers, so a reference
// holds until the next call only.
class NullCache {
 public:
  [[nodiscard]] const SymmetricNull& rank_sum(std::size_t m, std::size_t n);  // order of m and n does not matter
  [[nodiscard]] const SymmetricNull& signed_rank(std::size_t n);

 private:
  std::map<std::pair<std::size_t, std::size_t>, SymmetricNull> tables_;  // {n, 0} is signed rank
  std::size_t numbers_ = 0;
};

}  // namespace perfwarden::stats
