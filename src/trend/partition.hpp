#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace perfwarden::trend {

// Sums of a series and of its squares, so that the mean and the squared deviations of any stretch take constant time.
class Sums {
 public:
  Sums() : Sums(std::span<const double>{}) {}
  explicit Sums(std::span<const double> values);
  [[nodiscard]] std::size_t size() const { return sum_.size() - 1; }
  [[nodiscard]] double mean(std::size_t begin, std::size_t end) const;         // of [begin, end), not empty
  [[nodiscard]] double deviations(std::size_t begin, std::size_t end) const {  // sum of squares about that mean; ≥ 0
    const double sum = sum_[end] - sum_[begin];
    return std::max(0.0, square_[end] - square_[begin] - sum * sum * inverse_[end - begin]);
  }
  // Sum of squares about the line from `low` (just before `begin`) to `high` (at `end`).
  [[nodiscard]] double deviations_from_line(std::size_t begin, std::size_t end, double low, double high) const;

 private:
  double centre_ = 0;                          // of all values: sums about it lose no digits
  std::vector<double> sum_, square_, moment_;  // of the first i values; moment: of value times index
  std::vector<double> inverse_;                // 1 / i
};

// Borders 0 = b0 < b1 < … < bk = n of the stretches of constant level that minimise
//   Σ deviations / variance + 3 ln n · (number of stretches)
// with at least `least` values a stretch. The minimum is exact: PELT (Killick, Fearnhead and Eckley, JASA 107, 2012,
// section 3); the penalty is the one of research/stats.md §2b, twice Schwarz's for a mean and a place, and half more.
[[nodiscard]] std::vector<std::size_t> partition(const Sums& sums, double variance, std::size_t least);

}  // namespace perfwarden::trend
