#include "stats/signed_rank.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>

#include "stats/distributions.hpp"
#include "stats/ranks.hpp"
#include "stats/summary.hpp"

namespace perfwarden::stats {
namespace {

struct SignedRanks {
  std::vector<TieGroup> groups;
  std::uint64_t doubled_w = 0;
  std::uint64_t doubled_total = 0;
  std::size_t n = 0;
  bool ties = false;
};

SignedRanks rank(std::span<const double> differences) {
  std::vector<double> sizes;
  std::vector<bool> positive;
  sizes.reserve(differences.size());
  for (const double d : differences) {
    if (d == 0) continue;
    sizes.push_back(std::fabs(d));
    positive.push_back(d > 0);
  }
  SignedRanks ranked;
  ranked.n = sizes.size();
  const std::vector<std::uint64_t> ranks = doubled_midranks(sizes, &ranked.groups);
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    ranked.doubled_total += ranks[i];
    if (positive[i]) ranked.doubled_w += ranks[i];
  }
  ranked.ties = ranked.groups.size() < sizes.size();
  return ranked;
}

void set_two_sided(SignedRank& result) {
  result.p_two_sided = std::min({1.0, 2 * result.p_less, 2 * result.p_greater});
}

SignedRank normal(const SignedRanks& ranked) {
  SignedRank result{static_cast<double>(ranked.doubled_w) / 2, ranked.n, 1, 1, 1, false, ranked.ties};
  const auto n = static_cast<double>(ranked.n);
  const double variance = n * (n + 1) * (2 * n + 1) / 24 - tie_term(ranked.groups) / 48;
  if (!(variance > 0)) return result;
  const double sd = std::sqrt(variance);
  const double shift = result.w - n * (n + 1) / 4;
  constexpr double c = 0.5;  // continuity correction
  result.p_less = normal_cdf((shift + c) / sd);
  result.p_greater = normal_upper((shift - c) / sd);
  set_two_sided(result);
  return result;
}

// Sums of a fair coin's choice of weights: (P(S ≤ limit), P(S = limit)). Sums above the limit never come back below
// it, so they are not kept. Ascending weights keep the sums so far short.
struct Tail {
  double at_most, exactly;
};
Tail lower_tail(std::span<const std::uint64_t> weights, std::uint64_t limit) {
  // Counts are exact powers of two times the probabilities; two buffers, since one in place would not vectorise.
  std::vector<double> mass(limit + 1, 0.0);
  std::vector<double> next(limit + 1, 0.0);
  mass[0] = 1;
  std::uint64_t reach = 0;
  for (const std::uint64_t weight : weights) {
    if (weight > limit) break;
    const std::uint64_t further = std::min(limit, reach + weight);
    const double* const from = mass.data();
    double* const to = next.data();
    std::copy(from, from + weight, to);
    for (std::uint64_t s = weight; s <= further; ++s) to[s] = from[s] + from[s - weight];
    reach = further;
    mass.swap(next);
  }
  double sum = 0;
  for (const double value : mass) sum += value;
  const int all = -static_cast<int>(weights.size());
  return {std::ldexp(sum, all), std::ldexp(mass[limit], all)};
}

void set_exact(SignedRank& result, std::vector<std::uint64_t> weights, std::uint64_t positive, std::uint64_t total) {
  std::sort(weights.begin(), weights.end());
  std::uint64_t step = 0;
  for (const std::uint64_t weight : weights) step = std::gcd(step, weight);
  for (std::uint64_t& weight : weights) weight /= step;
  positive /= step;
  total /= step;
  const std::uint64_t rest = total - positive;
  const Tail tail = lower_tail(weights, std::min(positive, rest));
  const double other = positive == rest ? tail.at_most : std::min(1.0, 1 - tail.at_most + tail.exactly);
  result.p_less = positive <= rest ? tail.at_most : other;
  result.p_greater = positive <= rest ? other : tail.at_most;
  set_two_sided(result);
}

}  // namespace

SignedRank signed_rank(std::span<const double> differences, NullCache& nulls) {
  const SignedRanks ranked = rank(differences);
  if (ranked.n > (ranked.ties ? k_exact_signed_rank_tied : k_exact_signed_rank)) return normal(ranked);
  SignedRank result{static_cast<double>(ranked.doubled_w) / 2, ranked.n, 1, 1, 1, true, ranked.ties};
  if (ranked.n == 0) return result;
  if (ranked.ties) {
    std::vector<std::uint64_t> weights;
    for (const TieGroup& group : ranked.groups) weights.insert(weights.end(), group.count, group.doubled_rank);
    set_exact(result, std::move(weights), ranked.doubled_w, ranked.doubled_total);
  } else {
    const SymmetricNull& null = nulls.signed_rank(ranked.n);
    result.p_less = null.at_most(result.w);
    result.p_greater = null.at_least(result.w);
    set_two_sided(result);
  }
  return result;
}

SignedRank sign_flip(std::span<const double> differences, std::span<const std::uint64_t> weights) {
  std::vector<std::uint64_t> used;
  std::uint64_t positive = 0;
  std::uint64_t total = 0;
  double squares = 0;
  for (std::size_t i = 0; i < differences.size(); ++i) {
    if (differences[i] == 0 || weights[i] == 0) continue;
    used.push_back(weights[i]);
    total += weights[i];
    if (differences[i] > 0) positive += weights[i];
    squares += static_cast<double>(weights[i]) * static_cast<double>(weights[i]);
  }
  SignedRank result{static_cast<double>(positive), used.size(), 1, 1, 1, true, false};
  if (used.empty()) return result;
  if (used.size() <= k_exact_signed_rank_tied) {
    set_exact(result, std::move(used), positive, total);
    return result;
  }
  result.exact = false;
  const double z = (result.w - static_cast<double>(total) / 2) / (std::sqrt(squares) / 2);
  result.p_less = normal_cdf(z);
  result.p_greater = normal_upper(z);
  set_two_sided(result);
  return result;
}

std::vector<std::uint64_t> paired_rank_weights(std::span<const double> base, std::span<const double> head,
                                               std::span<const double> differences) {
  std::vector<double> sizes(differences.size());
  std::transform(differences.begin(), differences.end(), sizes.begin(), [](double d) { return std::fabs(d); });
  std::vector<std::uint64_t> weights = doubled_midranks(sizes);
  std::vector<double> pooled(base.begin(), base.end());
  pooled.insert(pooled.end(), head.begin(), head.end());
  const std::vector<std::uint64_t> ranks = doubled_midranks(pooled);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::uint64_t b = ranks[i];
    const std::uint64_t h = ranks[i + base.size()];
    weights[i] += b > h ? b - h : h - b;
  }
  return weights;
}

std::vector<bool> kept(std::span<const double> differences, const Trim& trim) {
  std::vector<double> sizes(differences.size());
  std::transform(differences.begin(), differences.end(), sizes.begin(), [](double d) { return std::fabs(d); });
  const double limit = trim.times_median * median(sizes);
  std::vector<bool> keep(differences.size(), true);
  std::size_t dropped = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i)
    if (!(sizes[i] <= limit)) {
      keep[i] = false;
      ++dropped;
    }
  if (static_cast<double>(dropped) > trim.at_most * static_cast<double>(sizes.size()))
    keep.assign(differences.size(), true);
  return keep;
}

std::vector<double> trimmed(std::span<const double> differences, const Trim& trim) {
  const std::vector<bool> keep = kept(differences, trim);
  std::vector<double> result;
  result.reserve(differences.size());
  for (std::size_t i = 0; i < differences.size(); ++i)
    if (keep[i]) result.push_back(differences[i]);
  return result;
}

double signed_rank_smallest_p(std::size_t n) {
  return n > 1100 ? 0.0 : std::ldexp(1.0, -static_cast<int>(n));
}

}  // namespace perfwarden::stats
