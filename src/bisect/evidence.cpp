#include "bisect/evidence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "stats/distributions.hpp"
#include "stats/summary.hpp"

namespace perfwarden::bisect {
namespace {

constexpr double k_pi = 3.14159265358979323846;
constexpr double k_least_scale = 1e-5;    // a clock that shows no noise at all
constexpr double k_least_wander = 0.003;  // of a level between two builds of equal code
constexpr double k_wander_of_step = 0.14;
constexpr double k_low = 0.35, k_high = 0.65;  // of the step: clearly between
constexpr double k_told_wrong = 0.002;         // of what a person says
constexpr int k_rounds = 12;

double weight_of(double residual, double scale) {
  const double z = residual / scale;
  return (k_tail + 1) / (k_tail + z * z);
}

double normal_density(double x, double sd) {
  const double z = x / sd;
  return std::exp(-z * z / 2) / (sd * std::sqrt(2 * k_pi));
}

// The scale at which these residuals are likeliest.
double scale_of(const std::vector<double>& residuals, double estimated) {
  double square = 0;
  for (const double one : residuals) square += one * one;
  const auto n = static_cast<double>(residuals.size());
  double scale = std::max(std::sqrt(square / n), k_least_scale);
  for (int round = 0; round < k_rounds; ++round) {
    double sum = 0;
    for (const double one : residuals) sum += weight_of(one, scale) * one * one;
    scale = std::max(std::sqrt(sum / n), k_least_scale);
  }
  return n > estimated ? scale * std::sqrt(n / (n - estimated)) : scale;
}

}  // namespace

Location locate(std::span<const double> pairs, double scale) {
  if (pairs.empty()) return {0, std::numeric_limits<double>::infinity()};
  double value = stats::median(pairs);
  for (int round = 0; round < k_rounds; ++round) {
    double sum = 0;
    double weights = 0;
    for (const double pair : pairs) {
      const double weight = weight_of(pair - value, scale);
      sum += weight * pair;
      weights += weight;
    }
    value = sum / weights;
  }
  return {value, scale * std::sqrt((k_tail + 3) / ((k_tail + 1) * static_cast<double>(pairs.size())))};
}

Model learn(const Range& range) {
  Model model;
  for (int round = 0; round < 2; ++round) {
    std::vector<double> residuals;
    double estimated = 0;
    for (const Candidate& candidate : range) {
      if (candidate.pairs.size() < 2) continue;
      const double value = round == 0 ? stats::median(candidate.pairs) : locate(candidate.pairs, model.scale).value;
      for (const double pair : candidate.pairs) residuals.push_back(pair - value);
      ++estimated;
    }
    model.scale = residuals.empty() ? k_least_scale : scale_of(residuals, estimated);
  }
  const Location bad = locate(range.back().pairs, model.scale);
  model.step = bad.value;
  model.step_error = std::isfinite(bad.error) ? bad.error : 0;
  return model;
}

PerLevel likelihoods(const Candidate& candidate, const Model& model) {
  if (candidate.told == Told::same_as_good) return {1, 0, 0};
  if (candidate.told == Told::good) return {1, k_told_wrong, k_told_wrong};
  if (candidate.told == Told::bad) return {k_told_wrong, k_told_wrong, 1};
  if (candidate.pairs.empty()) return {1, 1, 1};
  const auto [value, error] = locate(candidate.pairs, model.scale);
  const double step = model.step;
  const double spread = std::hypot(error, k_wander_of_step * step, k_least_wander);
  const double between =
      (stats::normal_cdf((value - k_low * step) / error) - stats::normal_cdf((value - k_high * step) / error)) /
      ((k_high - k_low) * step);
  const double wild = 1 / (k_pi * step * (1 + value * value / (step * step)));
  PerLevel out{normal_density(value, spread), between,
               normal_density(value - step, std::hypot(spread, model.step_error))};
  for (double& one : out) one = (1 - k_wild) * one + k_wild * wild;
  return out;
}

Standing standing_of(const PerLevel& likelihoods) {
  constexpr PerLevel k_before{1, 0.1, 1};
  std::array<std::pair<double, Level>, k_levels> sorted;
  for (std::size_t i = 0; i < k_levels; ++i) sorted[i] = {likelihoods[i] * k_before[i], static_cast<Level>(i)};
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  return {sorted[0].second,
          sorted[1].first > 0 ? sorted[0].first / sorted[1].first : std::numeric_limits<double>::infinity()};
}

}  // namespace perfwarden::bisect
