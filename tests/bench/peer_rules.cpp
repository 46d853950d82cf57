#include "bench/peer_rules.hpp"

#include <cmath>

#include "stats/distributions.hpp"
#include "stats/null_tables.hpp"
#include "stats/rank_sum.hpp"
#include "stats/summary.hpp"

namespace perfwarden::bench {
namespace {

std::vector<double> times(std::span<const double> logs) {
  std::vector<double> values(logs.begin(), logs.end());
  for (double& value : values) value = std::exp(value);
  return values;
}

double two_sided_p(std::span<const double> base, std::span<const double> head) {
  static stats::NullCache nulls;
  return stats::rank_sum(head, base, nulls).p_two_sided;
}

// Cohen's d over √((s₁² + s₂²) / 2).
double average_effect(std::span<const double> base, std::span<const double> head) {
  return (stats::mean(head) - stats::mean(base)) / std::sqrt((stats::variance(base) + stats::variance(head)) / 2);
}

}  // namespace

double mean_time(std::span<const double> logs) {
  return stats::mean(times(logs));
}

bool ratio_rule(std::span<const double> previous, std::span<const double> current, double threshold) {
  return mean_time(current) / mean_time(previous) > threshold;
}

bool bencher_rule(std::span<const double> means, std::span<const double> current, double boundary) {
  const auto n = static_cast<double>(means.size());
  const double reach = stats::t_quantile(boundary, n - 1) * std::sqrt(1 + 1 / n);
  return mean_time(current) > stats::mean(means) + reach * stats::standard_deviation(means);
}

bool benchstat_rule(std::span<const double> base, std::span<const double> head) {
  return two_sided_p(base, head) < 0.05 && stats::median(head) > stats::median(base);
}

bool naive_rule(std::span<const double> base, std::span<const double> head) {
  const std::vector<double> b = times(base);
  const std::vector<double> h = times(head);
  return stats::mean(h) / stats::mean(b) >= 1.05 && two_sided_p(base, head) < 0.05 && average_effect(b, h) >= 0.5 &&
         stats::coefficient_of_variation(b) < 0.15;
}

}  // namespace perfwarden::bench
