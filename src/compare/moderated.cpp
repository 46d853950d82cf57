#include "compare/moderated.hpp"

#include <algorithm>
#include <cmath>

#include "stats/summary.hpp"

namespace perfwarden::compare {
namespace {

constexpr std::size_t k_least = 4;  // fewer give no spread worth using
// Of what may go wrong, the t test gets no more than this: its formula is about normal noise, and five pairs of a
// benchmark with two modes are not.
constexpr double k_most_of_t = 0.5;

// The exact test's share of what may go wrong: nearly nothing where so few pairs give it no p that would do, nearly all
// where it needs no help, since rank tests stand outliers better.
double share_of_exact(std::size_t pairs) {
  return std::clamp((static_cast<double>(pairs) - 4) / 16, 0.05, 0.9);
}

double either(double exact, double t, double share) {
  return std::min({1.0, exact / share, t / std::min(k_most_of_t, 1 - share)});
}

}  // namespace

bool has_spread(std::span<const double> log_ratios) {
  if (log_ratios.size() < k_least) return false;
  std::vector<double> sorted = stats::sorted(log_ratios);
  const auto different = std::unique(sorted.begin(), sorted.end()) - sorted.begin();
  return 2 * static_cast<std::size_t>(different) > sorted.size();
}

bool has_one_ratio(std::span<const double> log_ratios) {
  return log_ratios.size() >= k_least && log_ratios.front() != 0 &&
         std::all_of(log_ratios.begin(), log_ratios.end(), [&](double one) { return one == log_ratios.front(); });
}

stats::PriorVariance prior_of(std::span<const std::vector<double>> log_ratios) {
  std::vector<stats::SampleVariance> variances;
  for (const std::vector<double>& one : log_ratios)
    if (has_spread(one)) variances.push_back({stats::variance(one), static_cast<double>(one.size()) - 1});
  return stats::pooled_prior(variances);
}

OneSided beside_exact(const OneSided& exact, std::span<const double> log_ratios, const stats::PriorVariance& prior) {
  if (has_one_ratio(log_ratios)) {
    const double p = std::ldexp(1.0, 1 - 2 * static_cast<int>(log_ratios.size()));
    return log_ratios.front() > 0 ? OneSided{exact.less, std::min(exact.greater, p)}
                                  : OneSided{std::min(exact.less, p), exact.greater};
  }
  if (!has_spread(log_ratios)) return exact;
  const stats::TTest t = stats::moderated_t(log_ratios, prior);
  const double share = share_of_exact(log_ratios.size());
  return {either(exact.less, t.p_less, share), either(exact.greater, t.p_greater, share)};
}

}  // namespace perfwarden::compare
