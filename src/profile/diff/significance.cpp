#include "profile/diff/significance.hpp"

#include <algorithm>
#include <cmath>

#include "profile/diff/classify.hpp"
#include "stats/distributions.hpp"
#include "stats/p_adjust.hpp"
#include "stats/proportions.hpp"

namespace perfwarden::profile {
namespace {

constexpr double k_confidence = 0.95;

double weight_of(const Sample& sample) {
  return sample.cost > 0 ? sample.squares / sample.cost : 0;
}

// Independent samples among which a share has the variance that weighted ones give it: p(1−p)W² / ((1−p)²S_f + p²(S −
// S_f)).
double effective_all(const Sample& part, const Sample& whole) {
  const double p = part.cost / whole.cost;
  if (!(p > 0) || p >= 1 - 1e-12) return effective_samples(whole);
  const double rest = std::max(0.0, whole.squares - part.squares);
  return p * (1 - p) * whole.cost * whole.cost / ((1 - p) * (1 - p) * part.squares + p * p * rest);
}

}  // namespace

double effective_samples(const Sample& whole) {
  return whole.squares > 0 ? whole.cost * whole.cost / whole.squares : 0;
}

Yardstick::Yardstick(const Samples2& whole, Normalization normalization, const std::array<double, 2>& divisor,
                     bool exact)
    : whole_(whole), divisor_(divisor), of_shares_(normalization == Normalization::share), exact_(exact) {
  if (of_shares_) {
    scale_ = {1 / whole[0].cost, 1 / whole[1].cost};
    return;
  }
  const double unit = whole[0].cost / divisor[0];
  scale_ = {1 / divisor[0] / unit, 1 / divisor[1] / unit};
}

std::array<Yardstick::Count, 2> Yardstick::counts_of(const Samples2& cost, double overdispersion) const {
  std::array<Count, 2> out;
  for (std::size_t side = 0; side < 2; ++side) {
    const Sample& own = cost[side];
    const Sample& other = cost[1 - side];
    Count& count = out[side];
    if (of_shares_) {
      count.all = effective_all(own, whole_[side]);
      // What is not there would have come in samples like those of the other side.
      const double weight = weight_of(other) * scale_[1 - side] / scale_[side];
      if (!(own.cost > 0) && weight > 0) count.all = std::min(count.all, whole_[side].cost / weight);
      count.all /= overdispersion;
      count.samples = own.cost * scale_[side] * count.all;
    } else {
      const double weight = own.cost > 0 ? weight_of(own) : weight_of(other);
      count.weight = weight * scale_[side] * overdispersion;
      count.samples = count.weight > 0 ? own.cost * scale_[side] / count.weight : 0;
    }
  }
  return out;
}

double Yardstick::p_against(const Samples2& cost, double overdispersion, double expected) const {
  if (exact_) return cost[0].cost * scale_[0] * expected == cost[1].cost * scale_[1] ? 1 : 0;
  const auto [base, head] = counts_of(cost, overdispersion);
  if (!of_shares_) {
    if (!(base.weight > 0) || !(head.weight > 0)) return 1;
    return stats::binomial_two_sided(head.samples, base.samples + head.samples,
                                     base.weight / (base.weight + head.weight));
  }
  const double all = base.all + head.all * expected;
  // Of a share above one half its rest is the rarer, which the Poisson law of the test fits better.
  const bool by_rest = expected == 1 && base.samples + head.samples > (base.all + head.all) / 2;
  const double b = by_rest ? base.all - base.samples : base.samples;
  const double h = by_rest ? head.all - head.samples : head.samples;
  return stats::binomial_two_sided(std::max(0.0, h), std::max(0.0, b) + std::max(0.0, h), head.all * expected / all);
}

Interval Yardstick::interval_of(const Samples2& cost, const std::array<Count, 2>& counts) const {
  const auto& [base, head] = counts;
  if (of_shares_) {
    const stats::Bounds bounds = stats::newcombe(std::min(base.samples, base.all), base.all,
                                                 std::min(head.samples, head.all), head.all, k_confidence);
    return {bounds.low, bounds.high, k_confidence};
  }
  const auto scaled = [](const Count& count) {
    const stats::Bounds bounds = stats::poisson_bounds(count.samples, k_confidence);
    return stats::Bounds{bounds.low * count.weight, bounds.high * count.weight};
  };
  const stats::Bounds bounds =
      stats::difference_of(cost[0].cost * scale_[0], scaled(base), cost[1].cost * scale_[1], scaled(head));
  return {bounds.low, bounds.high, k_confidence};
}

bool Yardstick::fell(const Samples2& cost) const {
  return cost[1].cost / divisor_[1] < cost[0].cost / divisor_[0];
}

Share Yardstick::compare(const Samples2& cost, double overdispersion) const {
  Share share;
  share.base = cost[0].cost * scale_[0];
  share.head = cost[1].cost * scale_[1];
  if (exact_) {
    share.interval = {share.delta(), share.delta(), 1};
  } else {
    share.interval = interval_of(cost, counts_of(cost, overdispersion));
  }
  share.p = p_against(cost, overdispersion, 1);
  return share;
}

void adjust(std::span<Share* const> tested) {
  std::vector<double> p;
  for (const Share* share : tested) p.push_back(share == nullptr ? k_nan : share->p);
  const std::vector<double> adjusted = stats::p_adjust(p, stats::Adjustment::benjamini_hochberg);
  for (std::size_t i = 0; i < tested.size(); ++i)
    if (tested[i] != nullptr) tested[i]->p_adjusted = adjusted[i];
}

double samples_needed(double matters, double significance, std::size_t tested, double overdispersion) {
  constexpr double k_typical = 0.10;
  const double level = significance / static_cast<double>(std::max<std::size_t>(tested, 1));
  return std::ceil(stats::samples_for_shares(k_typical, k_typical + matters, level) * overdispersion);
}

}  // namespace perfwarden::profile
