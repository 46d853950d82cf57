#include "stats/null_tables.hpp"

#include <algorithm>
#include <cmath>

namespace perfwarden::stats {
namespace {

constexpr std::size_t k_cached_numbers = 400'000;

void accumulate(std::vector<double>& values) {
  double sum = 0;
  for (double& value : values) {
    sum += value;
    value = std::min(sum, 1.0);
  }
}

}  // namespace

double SymmetricNull::at_most(double s) const {
  if (std::isnan(s)) return s;
  if (s < 0) return 0;
  if (s >= static_cast<double>(maximum())) return 1;
  return lower_tail_[static_cast<std::size_t>(std::floor(s))];
}

double SymmetricNull::at_least(double s) const {
  return at_most(static_cast<double>(maximum()) - s);
}

std::size_t SymmetricNull::quantile(double p) const {
  // A level that equals a step of the table up to rounding counts as reached.
  const double reached = p * (1 - 64 * 2.220446049250313e-16);
  const auto found = std::lower_bound(lower_tail_.begin(), lower_tail_.end(), reached);
  if (found == lower_tail_.end()) return maximum();
  return static_cast<std::size_t>(found - lower_tail_.begin());
}

SymmetricNull rank_sum_null(std::size_t m, std::size_t n) {
  if (m > n) std::swap(m, n);
  // Probabilities of U after i of the m factors (1 − q^(n+i)) / (1 − q^i). Only the lower half is
  // computed: there every subtraction leaves a non-negative number, so nothing cancels; the upper
  // half is its mirror.
  std::vector<double> mass{1.0};
  mass.reserve(m * n + 1);
  for (std::size_t i = 1; i <= m; ++i) {
    const std::size_t maximum = n * i;
    const std::size_t half = maximum / 2;
    const std::vector<double> previous = mass;
    mass.assign(maximum + 1, 0.0);
    const double scale = static_cast<double>(i) / static_cast<double>(n + i);
    const auto at = [&previous](std::size_t k) { return k < previous.size() ? previous[k] : 0.0; };
    for (std::size_t k = 0; k <= half; ++k) {
      double value = at(k) * scale;
      if (k >= n + i) value -= at(k - n - i) * scale;
      if (k >= i) value += mass[k - i];
      mass[k] = value;
    }
    for (std::size_t k = half + 1; k <= maximum; ++k) mass[k] = mass[maximum - k];
  }
  accumulate(mass);
  return SymmetricNull(std::move(mass));
}

SymmetricNull signed_rank_null(std::size_t n) {
  std::vector<double> mass(n * (n + 1) / 2 + 1, 0.0);
  mass[0] = 1;
  std::size_t maximum = 0;
  for (std::size_t rank = 1; rank <= n; ++rank) {
    maximum += rank;
    for (std::size_t s = maximum + 1; s-- > rank;) mass[s] = 0.5 * (mass[s] + mass[s - rank]);
    for (std::size_t s = 0; s < rank; ++s) mass[s] *= 0.5;
  }
  accumulate(mass);
  return SymmetricNull(std::move(mass));
}

const SymmetricNull& NullCache::rank_sum(std::size_t m, std::size_t n) {
  const std::pair key{std::max(m, n), std::min(m, n)};
  if (const auto found = tables_.find(key); found != tables_.end()) return found->second;
  if (numbers_ > k_cached_numbers) {
    tables_.clear();
    numbers_ = 0;
  }
  numbers_ += m * n + 1;
  return tables_.emplace(key, rank_sum_null(m, n)).first->second;
}

const SymmetricNull& NullCache::signed_rank(std::size_t n) {
  const std::pair key{n, std::size_t{0}};
  if (const auto found = tables_.find(key); found != tables_.end()) return found->second;
  if (numbers_ > k_cached_numbers) {
    tables_.clear();
    numbers_ = 0;
  }
  numbers_ += n * (n + 1) / 2 + 1;
  return tables_.emplace(key, signed_rank_null(n)).first->second;
}

}  // namespace perfwarden::stats
