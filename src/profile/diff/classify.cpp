#include "profile/diff/classify.hpp"

#include <algorithm>
#include <cmath>

namespace perfwarden::profile {
namespace {

constexpr double k_hardly_there = 0.0005;  // share of a function that may still count as absent

// In base (or, for the mirror image, in head) there is nothing of it, or one stray sample.
bool absent(double share, const Sample& cost) {
  return share <= k_hardly_there || (cost.samples > 0 && cost.samples <= 1);
}

bool in_step(const Share& share, double dilution) {
  constexpr double k_near = 0.1;
  const double expected = share.base * dilution;
  const double half = (share.interval.high - share.interval.low) / 2;
  return std::abs(share.head - expected) <= std::max(half, k_near * expected);
}

int rank_of(const FrameDelta& frame) {
  switch (frame.change) {
    case FrameChange::regression:
    case FrameChange::added:
      return frame.by_total ? 1 : 0;
    case FrameChange::inconclusive:
      return 2;
    case FrameChange::improvement:
    case FrameChange::removed:
      return frame.by_total ? 4 : 3;
    case FrameChange::moved:
      return 5;
    case FrameChange::unchanged:
      return 6;
  }
  return 6;
}

}  // namespace

bool worth_a_test(const Share& share) {
  return std::max(share.base, share.head) >= k_worth_a_test;
}

bool is_rise(FrameChange change) {
  return change == FrameChange::regression || change == FrameChange::added;
}

bool is_fall(FrameChange change) {
  return change == FrameChange::improvement || change == FrameChange::removed;
}

double dilution_of(std::span<const Share> functions, std::optional<double> benchmark_ratio) {
  constexpr std::size_t k_few = 5;
  constexpr double k_most_weight = 0.05;  // no function has a louder voice
  constexpr double k_majority = 0.6;
  if (benchmark_ratio && *benchmark_ratio > 0 && std::isfinite(*benchmark_ratio)) return 1 / *benchmark_ratio;
  std::vector<std::pair<double, double>> votes;  // ratio, weight
  double all = 0;
  for (const Share& share : functions) {
    if (!worth_a_test(share) || !(share.base > 0) || !(share.head > 0)) continue;
    votes.emplace_back(share.head / share.base, std::min(k_most_weight, (share.base + share.head) / 2));
    all += votes.back().second;
  }
  if (votes.size() < k_few) return 1;
  std::sort(votes.begin(), votes.end());
  double seen = 0;
  double median = 1;
  for (const auto& [ratio, weight] : votes) {
    seen += weight;
    median = ratio;
    if (seen >= all / 2) break;
  }
  double agree = 0;
  for (const Share& share : functions)
    if (worth_a_test(share) && share.base > 0 && share.head > 0 && in_step(share, median))
      agree += std::min(k_most_weight, (share.base + share.head) / 2);
  return agree >= k_majority * all ? median : 1;
}

Class class_of(const Share& share, const Samples2& cost, double overdispersion, double dilution,
               const Yardstick& yardstick, const Thresholds& thresholds) {
  const double delta = share.delta();
  // Of what is not less, only the share can have become less.
  if (yardstick.of_shares() && delta < 0 && !yardstick.fell(cost))
    return {FrameChange::unchanged, share.p_adjusted <= thresholds.significance};
  if (!(share.p_adjusted <= thresholds.significance)) {
    // By itself it would have been a change; or it is so large that not to mention it would be to deny it.
    const bool suspected = share.p <= thresholds.significance && std::abs(delta) >= thresholds.matters / 2;
    const bool large = suspected || std::abs(delta) >= thresholds.matters;
    return {large && !yardstick.exact() ? FrameChange::inconclusive : FrameChange::unchanged, false};
  }
  if (std::abs(delta) < thresholds.noticeable) return {};
  if (yardstick.of_shares() && share.base > 0 && share.head > 0) {
    const double expected = delta > 0 ? std::max(1.0, dilution) : std::min(1.0, dilution);
    const double rest = share.head - share.base * expected;
    if (expected != 1 && (rest * delta < 0 || std::abs(rest) < thresholds.noticeable ||
                          yardstick.p_against(cost, overdispersion, expected) > thresholds.significance))
      return {FrameChange::unchanged, true};
  }
  if (delta > 0) {
    const bool is_new = absent(share.base, cost[0]) && share.head >= thresholds.hotspot;
    return {is_new ? FrameChange::added : FrameChange::regression, false};
  }
  const bool is_gone = absent(share.head, cost[1]) && share.base >= thresholds.hotspot;
  return {is_gone ? FrameChange::removed : FrameChange::improvement, false};
}

void put_in_reading_order(std::vector<FrameDelta>& frames) {
  const auto size = [](const FrameDelta& frame) {
    const Share& share = frame.by_total ? frame.total : frame.self;
    return std::abs(share.delta());
  };
  std::sort(frames.begin(), frames.end(), [&](const FrameDelta& a, const FrameDelta& b) {
    if (rank_of(a) != rank_of(b)) return rank_of(a) < rank_of(b);
    if (size(a) != size(b)) return size(a) > size(b);
    return a.name < b.name;
  });
}

}  // namespace perfwarden::profile
