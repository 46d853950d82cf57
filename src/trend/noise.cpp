#include "trend/noise.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "stats/summary.hpp"

namespace perfwarden::trend {
namespace {

constexpr double k_prior_autocorrelation = 0.5;
constexpr double k_prior_weight = 40;  // values
constexpr double k_most_autocorrelation = 0.9;

// Robust variance of x_{t+lag} − x_t.
double difference_variance(std::span<const double> values, std::size_t lag) {
  std::vector<double> differences;
  differences.reserve(values.size());
  for (std::size_t i = lag; i < values.size(); ++i) differences.push_back(values[i] - values[i - lag]);
  const double sd = stats::k_mad_to_sigma * stats::median_absolute_deviation(differences);
  return sd * sd;
}

// Var(lag 2) / Var(lag 1) = 1 + φ, Var(3) / Var(1) = 1 + φ + φ², Var(4) / Var(1) = (1 + φ)(1 + φ²): φ is where the sum
// of the three equals the sum observed, found by halving.
double autocorrelation_of(double lag1, double others) {
  const auto expected = [](double phi) { return (1 + phi) + (1 + phi + phi * phi) + (1 + phi) * (1 + phi * phi); };
  double low = 0;
  double high = k_most_autocorrelation;
  for (int i = 0; i < 30; ++i) {
    const double middle = (low + high) / 2;
    (expected(middle) * lag1 < others ? low : high) = middle;
  }
  return low;
}

}  // namespace

double Noise::long_run_sd() const {
  return sd * std::sqrt((1 + autocorrelation) / (1 - autocorrelation));
}

Noise noise_of(std::span<const double> values) {
  Noise out;
  const double lag1 = difference_variance(values, 1);
  const double others =
      difference_variance(values, 2) + difference_variance(values, 3) + difference_variance(values, 4);
  const auto n = static_cast<double>(values.size());
  const double estimate = lag1 > 0 ? autocorrelation_of(lag1, others) : 0;
  out.autocorrelation = (n * estimate + k_prior_weight * k_prior_autocorrelation) / (n + k_prior_weight);
  // Most of the values of a coarse clock may be equal: then what differs is the noise.
  const double variance = std::max(lag1 / 2 / (1 - estimate), (lag1 + others) / 8);
  out.sd = std::sqrt(variance);
  // A MAD is worth 37 % of the values (its efficiency for normal ones), fewer where neighbours are alike.
  constexpr double k_mad_efficiency = 0.37;
  out.freedom = std::max(2.0, k_mad_efficiency * n * (1 - out.autocorrelation) / (1 + out.autocorrelation) * 2);
  return out;
}

std::vector<double> winsorised(std::span<const double> values, double sd, double reach, std::size_t window) {
  std::vector<double> out(values.begin(), values.end());
  const std::size_t half = window / 2;
  std::vector<double> near;
  for (std::size_t i = 0; i < values.size(); ++i) {
    // Whole windows at the ends too: a smaller one would take an outlier at the end for the level.
    const std::size_t begin = std::min(i - std::min(i, half), values.size() - std::min(values.size(), window));
    const std::size_t end = std::min(values.size(), begin + window);
    near.assign(values.begin() + static_cast<std::ptrdiff_t>(begin), values.begin() + static_cast<std::ptrdiff_t>(end));
    const auto half_way = near.begin() + static_cast<std::ptrdiff_t>(near.size() / 2);
    std::nth_element(near.begin(), half_way, near.end());
    const double middle = *half_way;
    out[i] = std::clamp(values[i], middle - reach * sd, middle + reach * sd);
  }
  return out;
}

}  // namespace perfwarden::trend
