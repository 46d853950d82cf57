#include "trend/partition.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace perfwarden::trend {

Sums::Sums(std::span<const double> values)
    : centre_(values.empty() ? 0
                             : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size())),
      sum_(values.size() + 1),
      square_(values.size() + 1),
      moment_(values.size() + 1),
      inverse_(values.size() + 1) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = values[i] - centre_;
    sum_[i + 1] = sum_[i] + value;
    square_[i + 1] = square_[i] + value * value;
    moment_[i + 1] = moment_[i] + value * static_cast<double>(i);
    inverse_[i + 1] = 1 / static_cast<double>(i + 1);
  }
}

double Sums::mean(std::size_t begin, std::size_t end) const {
  return centre_ + (sum_[end] - sum_[begin]) / static_cast<double>(end - begin);
}

// Value i of the line is low + slope · (i − begin + 1), with `high` at i = end.
double Sums::deviations_from_line(std::size_t begin, std::size_t end, double low, double high) const {
  const auto n = static_cast<double>(end - begin);
  const double slope = (high - low) / (n + 1);
  // As a + slope · i about the centre.
  const double a = low - centre_ - slope * (static_cast<double>(begin) - 1);
  const double first = static_cast<double>(begin);
  const double indices = n * first + n * (n - 1) / 2;
  const double squares = n * first * first + first * n * (n - 1) + (n - 1) * n * (2 * n - 1) / 6;
  const double sum = sum_[end] - sum_[begin];
  const double moment = moment_[end] - moment_[begin];
  return std::max(0.0, square_[end] - square_[begin] - 2 * a * sum - 2 * slope * moment + n * a * a +
                           2 * a * slope * indices + slope * slope * squares);
}

std::vector<std::size_t> partition(const Sums& sums, double variance, std::size_t least) {
  const std::size_t n = sums.size();
  // Without any noise rounding must not make a stretch.
  constexpr double k_rounding = 1e-12;
  const double floor = std::max(k_rounding * sums.deviations(0, n), std::numeric_limits<double>::min());
  const double penalty = 3 * std::log(static_cast<double>(n)) * std::max(variance, floor);
  constexpr double k_infinity = std::numeric_limits<double>::infinity();
  std::vector<double> best(n + 1, k_infinity);  // cost of the first i values
  std::vector<std::size_t> from(n + 1, 0);
  best[0] = 0;
  // Beginnings of the last stretch that may still be best, and from which end on each no longer can be.
  struct Candidate {
    std::size_t begin, dead_from;
    double cost;
  };
  std::vector<Candidate> candidates;
  for (std::size_t end = least; end <= n; ++end) {
    if (best[end - least] < k_infinity) candidates.push_back({end - least, n + 1, 0});
    std::size_t kept = 0;
    for (Candidate candidate : candidates) {
      if (candidate.dead_from <= end) continue;
      candidate.cost = best[candidate.begin] + sums.deviations(candidate.begin, end);
      if (candidate.cost + penalty < best[end]) {
        best[end] = candidate.cost + penalty;
        from[end] = candidate.begin;
      }
      candidates[kept++] = candidate;
    }
    candidates.resize(kept);
    // A stretch that is better cut at `end` never is best again, once the second part can be long enough.
    for (Candidate& candidate : candidates)
      if (candidate.cost > best[end]) candidate.dead_from = std::min(candidate.dead_from, end + least);
  }
  std::vector<std::size_t> borders{n};
  while (borders.back() != 0) borders.push_back(from[borders.back()]);
  std::reverse(borders.begin(), borders.end());
  return borders;
}

}  // namespace perfwarden::trend
