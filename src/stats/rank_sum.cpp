#include "stats/rank_sum.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "stats/distributions.hpp"
#include "stats/nan.hpp"

namespace perfwarden::stats {
namespace {

struct Ranked {
  double u = 0;
  std::vector<TieGroup> groups;
  bool ties = false;
};

Ranked rank(std::span<const double> x, std::span<const double> y) {
  std::vector<double> pooled(x.begin(), x.end());
  pooled.insert(pooled.end(), y.begin(), y.end());
  Ranked ranked;
  const std::vector<std::uint64_t> ranks = doubled_midranks(pooled, &ranked.groups);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += ranks[i];
  ranked.u = static_cast<double>(sum - x.size() * (x.size() + 1)) / 2;
  ranked.ties = ranked.groups.size() < pooled.size();
  return ranked;
}

RankSum undefined() {
  return {k_nan, k_nan, k_nan, k_nan, false, false};
}

RankSum normal(const Ranked& ranked, double m, double n) {
  RankSum result{ranked.u, 1, 1, 1, false, ranked.ties};
  const double total = m + n;
  const double variance = m * n / 12 * (total + 1 - tie_term(ranked.groups) / (total * (total - 1)));
  // All values equal: nothing speaks for a difference.
  if (!(variance > 0)) return result;
  const double sd = std::sqrt(variance);
  const double shift = ranked.u - m * n / 2;
  constexpr double c = 0.5;  // continuity correction
  result.p_less = normal_cdf((shift + c) / sd);
  result.p_greater = normal_upper((shift - c) / sd);
  result.p_two_sided = std::min({1.0, 2 * result.p_less, 2 * result.p_greater});
  return result;
}

}  // namespace

TiedRankSumNull::Half TiedRankSumNull::count(std::span<const std::int64_t> ranks, std::size_t most) {
  Half half;
  most = std::min(most, ranks.size());
  half.lowest.assign(most + 1, 0);
  half.begin.assign(most + 2, 0);
  std::int64_t highest = 0;
  for (std::size_t k = 0; k <= most; ++k) {
    if (k > 0) {
      half.lowest[k] = half.lowest[k - 1] + ranks[k - 1];
      highest += ranks[ranks.size() - k];
    }
    half.begin[k + 1] = half.begin[k] + static_cast<std::size_t>(highest - half.lowest[k]) + 1;
  }
  half.ways.assign(half.begin.back(), 0.0);
  half.ways[0] = 1;
  // Ranks come in ascending order, so `reach[k]` (how far sums of k ranks go so far) stays short and
  // the shift below is never negative.
  std::vector<std::size_t> reach(most + 1, 0);
  for (std::size_t taken = 0; taken < ranks.size(); ++taken) {
    for (std::size_t k = std::min(taken + 1, most); k-- > 0;) {
      const auto shift = static_cast<std::size_t>(ranks[taken] - ranks[k]);
      const double* from = half.ways.data() + half.begin[k];
      double* to = half.ways.data() + half.begin[k + 1] + shift;
      const std::size_t length = reach[k] + 1;
      for (std::size_t s = 0; s < length; ++s) to[s] += from[s];
      reach[k + 1] = std::max(reach[k + 1], shift + reach[k]);
    }
  }
  return half;
}

TiedRankSumNull::TiedRankSumNull(std::span<const TieGroup> groups, std::size_t m) : m_(m) {
  std::vector<std::int64_t> ranks;
  for (const TieGroup& group : groups)
    ranks.insert(ranks.end(), group.count, static_cast<std::int64_t>(group.doubled_rank));
  first_ = ranks.empty() ? 0 : ranks.front();
  std::int64_t step = 0;
  for (std::int64_t& value : ranks) {
    value -= first_;
    step = std::gcd(step, value);
  }
  step_ = std::max<std::int64_t>(step, 1);
  for (std::int64_t& value : ranks) value /= step_;
  const std::size_t middle = ranks.size() / 2;
  const std::span<const std::int64_t> all(ranks);
  low_ = count(all.first(middle), m);
  high_ = count(all.subspan(middle), m);
  const auto n = static_cast<double>(ranks.size()) - static_cast<double>(m);
  for (std::size_t i = 1; i <= m; ++i) ways_ = ways_ * (n + static_cast<double>(i)) / static_cast<double>(i);
}

double TiedRankSumNull::units(double u) const {
  // U = (Σ doubled ranks − m(m+1)) / 2, and a doubled rank is first + step · r.
  const auto m = static_cast<double>(m_);
  return (2 * u + m * (m + 1) - m * static_cast<double>(first_)) / static_cast<double>(step_);
}

double TiedRankSumNull::at_most(double u) const {
  const auto limit = static_cast<std::int64_t>(std::floor(units(u)));
  double sum = 0;
  for (std::size_t k = m_ - std::min(m_, high_.most()); k <= std::min(m_, low_.most()); ++k) {
    const std::span<const double> low = low_.of(k);
    const std::span<const double> high = high_.of(m_ - k);
    const std::int64_t room = limit - low_.lowest[k] - high_.lowest[m_ - k];
    if (room < 0) continue;
    // As the sum from the low half falls, the room for the high half grows.
    double below = 0;
    std::size_t used = 0;
    for (std::size_t s = std::min(low.size() - 1, static_cast<std::size_t>(room)) + 1; s-- > 0;) {
      const std::size_t left = static_cast<std::size_t>(room) - s;
      for (; used < high.size() && used <= left; ++used) below += high[used];
      sum += low[s] * below;
    }
  }
  return std::min(1.0, sum / ways_);
}

double TiedRankSumNull::at_least(double u) const {
  const auto limit = static_cast<std::int64_t>(std::ceil(units(u)));
  double sum = 0;
  for (std::size_t k = m_ - std::min(m_, high_.most()); k <= std::min(m_, low_.most()); ++k) {
    const std::span<const double> low = low_.of(k);
    const std::span<const double> high = high_.of(m_ - k);
    const std::int64_t room = limit - low_.lowest[k] - high_.lowest[m_ - k];
    double above = 0;
    std::size_t unused = high.size();
    for (std::size_t s = 0; s < low.size(); ++s) {
      const std::int64_t needed = room - static_cast<std::int64_t>(s);
      for (; unused > 0 && static_cast<std::int64_t>(unused) > needed; --unused) above += high[unused - 1];
      sum += low[s] * above;
    }
  }
  return std::min(1.0, sum / ways_);
}

RankSum rank_sum(std::span<const double> x, std::span<const double> y, NullCache& nulls, std::size_t exact_tied) {
  if (x.empty() || y.empty()) return undefined();
  const Ranked ranked = rank(x, y);
  // Divided, so that the product cannot overflow.
  const std::size_t limit = ranked.ties ? exact_tied : k_exact_rank_sum_untied;
  if (x.size() > limit / y.size()) return normal(ranked, static_cast<double>(x.size()), static_cast<double>(y.size()));
  RankSum result{ranked.u, 1, 1, 1, true, ranked.ties};
  if (ranked.groups.size() == 1) return result;
  if (ranked.ties) {
    const TiedRankSumNull null(ranked.groups, x.size());
    result.p_less = null.at_most(ranked.u);
    result.p_greater = null.at_least(ranked.u);
  } else {
    const SymmetricNull& null = nulls.rank_sum(x.size(), y.size());
    result.p_less = null.at_most(ranked.u);
    result.p_greater = null.at_least(ranked.u);
  }
  result.p_two_sided = std::min({1.0, 2 * result.p_less, 2 * result.p_greater});
  return result;
}

double rank_sum_smallest_p(std::size_t m, std::size_t n) {
  double p = 1;
  for (std::size_t i = 1; i <= std::min(m, n) && p > 0; ++i)
    p *= static_cast<double>(i) / static_cast<double>(std::max(m, n) + i);
  return p;
}

}  // namespace perfwarden::stats
