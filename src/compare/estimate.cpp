#include "compare/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include "stats/effect_size.hpp"
#include "stats/hodges_lehmann.hpp"
#include "stats/rank_sum.hpp"
#include "stats/signed_rank.hpp"
#include "stats/summary.hpp"
#include "stats/t_tests.hpp"

namespace perfwarden::compare {
namespace {

constexpr std::size_t k_batches = 3;
constexpr double k_bounds = stats::two_sided(0.05);
constexpr std::size_t k_least_assisted = 4;    // fewer than this give no spread worth using
constexpr std::size_t k_exact_tied_told = 64;  // products of sizes up to which a p that is only shown is exact

bool all_equal(const std::vector<double>& base, const std::vector<double>& head) {
  const auto same = [first = base.front()](double v) { return v == first; };
  return std::all_of(base.begin(), base.end(), same) && std::all_of(head.begin(), head.end(), same);
}

std::vector<double> logs_of(const std::vector<double>& values) {
  std::vector<double> logs(values.size());
  std::transform(values.begin(), values.end(), logs.begin(), [](double v) { return std::log(v); });
  return logs;
}

std::vector<double> differences_of(const std::vector<double>& base, const std::vector<double>& head) {
  std::vector<double> d(base.size());
  for (std::size_t i = 0; i < d.size(); ++i) d[i] = head[i] - base[i];
  return d;
}

Interval interval_of(const stats::LocationEstimate& location) {
  // A level of 0 bounds nothing.
  if (!(location.confidence > 0)) return {};
  return {location.low, location.high, location.confidence};
}

Interval bounds_of(const stats::LocationEstimate& location) {
  return location.holds(k_bounds) ? interval_of(location) : Interval{};
}

Interval exp_of(const Interval& logs) {
  return {std::exp(logs.low), std::exp(logs.high), logs.confidence};
}

// The ratio from the logs: `at(confidence)` estimates their shift.
template <class At>
void set_logarithmic(Estimate& evidence, double confidence, At&& at) {
  const stats::LocationEstimate location = at(confidence);
  evidence.ratio = std::exp(location.estimate);
  evidence.ratio_interval = exp_of(interval_of(location));
  evidence.ratio_bounds = exp_of(bounds_of(at(k_bounds)));
}

template <class At>
void set_difference(Estimate& evidence, double confidence, At&& at) {
  const stats::LocationEstimate location = at(confidence);
  evidence.difference = location.estimate;
  evidence.difference_interval = interval_of(location);
  evidence.difference_bounds = bounds_of(at(k_bounds));
}

// Of values at or below zero there is no log: the shift over base's median. From a base of 0 there is no ratio, unless
// nothing changed.
void set_from_shift(Estimate& evidence, double base_median) {
  const double unit = std::fabs(base_median);
  const auto over_base = [unit](const Interval& shift) {
    return Interval{1 + shift.low / unit, 1 + shift.high / unit, shift.confidence};
  };
  if (unit > 0) {
    evidence.ratio = 1 + evidence.difference / unit;
    evidence.ratio_interval = over_base(evidence.difference_interval);
    evidence.ratio_bounds = over_base(evidence.difference_bounds);
  } else if (evidence.nothing_varies) {
    evidence.ratio = 1;
    evidence.ratio_interval = {1, 1, evidence.difference_interval.confidence};
    evidence.ratio_bounds = {1, 1, evidence.difference_bounds.confidence};
  }
}

// Medians of three runs of neighbours, in the order measured.
template <class Value>
std::vector<double> batches_of(std::size_t n, Value&& value) {
  std::vector<double> batches;
  if (n < k_batches) return batches;
  for (std::size_t b = 0; b < k_batches; ++b) batches.push_back(value(b * n / k_batches, (b + 1) * n / k_batches));
  return batches;
}

double sorted_mean(std::vector<double> values) {
  // In one order, so that the order of the pairs changes not even the last bit.
  std::sort(values.begin(), values.end());
  return stats::mean(values);
}

double spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  if (values.size() > 1 && values.front() == values.back()) return 0;
  return stats::standard_deviation(values);
}

double over(double difference, double spread) {
  if (std::isnan(difference) || std::isnan(spread)) return k_nan;
  if (spread > 0) return difference / spread;
  return difference == 0 ? 0 : std::copysign(std::numeric_limits<double>::infinity(), difference);
}

// So few values have no exact p that survives a correction; Welch's test of the logs has
// (docs/statistics.md#two-runs-instead-of-pairs).
void assist(Estimate& evidence, const std::vector<double>& base_logs, const std::vector<double>& head_logs) {
  const std::size_t fewest = std::min(base_logs.size(), head_logs.size());
  if (fewest < k_least_assisted || fewest >= k_enough || !(evidence.spread > 0)) return;
  const stats::TTest welch = stats::welch_t(head_logs, base_logs);
  evidence.p_less = std::min(1.0, 2 * std::min(evidence.p_less, welch.p_less));
  evidence.p_greater = std::min(1.0, 2 * std::min(evidence.p_greater, welch.p_greater));
  evidence.p_two_sided = std::min({1.0, 2 * evidence.p_less, 2 * evidence.p_greater});
  evidence.method = "Mann–Whitney U and Welch's t of the logs";
  evidence.smallest_p = 0;
}

// The coin flips of the pairs that were kept, weighed by what each says.
stats::SignedRank flipped(const std::vector<double>& base, const std::vector<double>& head,
                          const std::vector<double>& d, const std::vector<bool>& keep) {
  std::vector<std::uint64_t> weights = stats::paired_rank_weights(base, head, d);
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (!keep[i]) weights[i] = 0;
  return stats::sign_flip(d, weights);
}

}  // namespace

Estimate paired(const std::vector<double>& base, const std::vector<double>& head, double confidence,
                stats::NullCache& nulls, bool shown_only) {
  Estimate evidence;
  const bool logarithmic = all_positive(base) && all_positive(head);
  evidence.nothing_varies = all_equal(base, head);
  const std::vector<double> shifts = differences_of(base, head);
  const double base_median = stats::median(base);
  std::vector<double> d(base.size());
  for (std::size_t i = 0; i < d.size(); ++i)
    d[i] = logarithmic ? log_ratio(base[i], head[i]) : shifts[i] / (base_median == 0 ? 1 : std::fabs(base_median));

  const std::vector<bool> keep = stats::kept(d);
  for (std::size_t i = 0; i < d.size(); ++i)
    if (keep[i]) evidence.kept.push_back(d[i]);
  const std::vector<double>& kept = evidence.kept;
  const stats::SignedRank by_rank = stats::signed_rank(kept, nulls);
  const stats::SignedRank test = shown_only ? by_rank : flipped(base, head, d, keep);
  evidence.method = test.exact ? "exact paired rank test" : "paired rank test, normal approximation";
  evidence.p_less = test.p_less;
  evidence.p_greater = test.p_greater;
  evidence.p_two_sided = test.p_two_sided;
  evidence.p_signed_rank = by_rank.p_two_sided;
  // Told, not judged by: with ties the normal approximation will do.
  evidence.p_mann_whitney = stats::rank_sum(head, base, nulls, k_exact_tied_told).p_two_sided;
  evidence.smallest_p = std::min(1.0, 2 * stats::signed_rank_smallest_p(d.size()));

  stats::Pseudomedian of_shifts(shifts);
  set_difference(evidence, confidence, [&](double level) { return of_shifts.at(level, nulls); });
  if (logarithmic) {
    stats::Pseudomedian of_logs(d);
    set_logarithmic(evidence, confidence, [&](double level) { return of_logs.at(level, nulls); });
  } else {
    set_from_shift(evidence, base_median);
  }

  evidence.log_estimate = logarithmic ? std::log(evidence.ratio) : stats::median(d);
  evidence.spread = spread_of(kept);
  evidence.stability = evidence.spread / std::sqrt(2.0);
  // Over the noise of one measurement with what both members of a pair share taken out.
  evidence.effect_d = over(sorted_mean(kept), evidence.stability);
  evidence.batches = batches_of(d.size(), [&](std::size_t begin, std::size_t end) {
    return stats::median(std::span(d).subspan(begin, end - begin));
  });
  return evidence;
}

Estimate unpaired(const std::vector<double>& base, const std::vector<double>& head, double confidence,
                  stats::NullCache& nulls) {
  Estimate evidence;
  const bool logarithmic = all_positive(base) && all_positive(head);
  evidence.nothing_varies = all_equal(base, head);
  const stats::RankSum test = stats::rank_sum(head, base, nulls);
  evidence.method = test.exact ? "exact Mann–Whitney U" : "Mann–Whitney U, normal approximation";
  evidence.p_less = test.p_less;
  evidence.p_greater = test.p_greater;
  evidence.p_two_sided = evidence.p_mann_whitney = test.p_two_sided;
  evidence.smallest_p = std::min(1.0, 2 * stats::rank_sum_smallest_p(base.size(), head.size()));

  set_difference(evidence, confidence, [&](double level) { return stats::shift(head, base, level, nulls); });
  const double base_median = stats::median(base);
  const double unit = base_median == 0 ? 1 : std::fabs(base_median);
  std::vector<double> b = logarithmic ? logs_of(base) : base;
  std::vector<double> h = logarithmic ? logs_of(head) : head;
  if (logarithmic)
    set_logarithmic(evidence, confidence, [&](double level) { return stats::shift(h, b, level, nulls); });
  else
    set_from_shift(evidence, base_median);

  const std::size_t batched = std::min(b.size(), h.size());
  evidence.batches = batches_of(batched, [&](std::size_t begin, std::size_t end) {
    return stats::median(std::span(h).subspan(begin, end - begin)) -
           stats::median(std::span(b).subspan(begin, end - begin));
  });
  std::sort(b.begin(), b.end());
  std::sort(h.begin(), h.end());
  evidence.effect_d = stats::cohens_d(b, h);
  const auto m = static_cast<double>(b.size());
  const auto n = static_cast<double>(h.size());
  if (m > 1 && n > 1)
    evidence.spread = std::sqrt(((m - 1) * stats::variance(b) + (n - 1) * stats::variance(h)) / (m + n - 2)) /
                      (logarithmic ? 1 : unit);
  evidence.log_estimate = logarithmic ? std::log(evidence.ratio) : evidence.difference / unit;
  evidence.stability = summary_of(base).coefficient_of_variation;
  if (logarithmic) assist(evidence, b, h);
  return evidence;
}

Estimate exact(double base, double head, double reach) {
  Estimate evidence;
  evidence.method = "exact";
  const double difference = head - base;
  const double most = reach * std::fabs(base);
  const bool differs = std::fabs(difference) > most;
  evidence.difference = difference;
  evidence.difference_interval = evidence.difference_bounds = {difference - most, difference + most, 1};
  evidence.p_two_sided = evidence.p_mann_whitney = differs ? 0 : 1;
  evidence.p_greater = differs && difference > 0 ? 0 : 1;
  evidence.p_less = differs && difference < 0 ? 0 : 1;
  evidence.nothing_varies = !differs;
  if (base > 0 && head > 0) {
    evidence.ratio = head / base;
    evidence.ratio_interval = evidence.ratio_bounds = {evidence.ratio - reach, evidence.ratio + reach, 1};
  } else {
    set_from_shift(evidence, base);
  }
  evidence.effect_d = over(difference, 0);
  evidence.spread = 0;
  evidence.stability = 0;
  evidence.smallest_p = 0;
  return evidence;
}

}  // namespace perfwarden::compare
