#pragma once

#include <span>
#include <vector>

// The noise of a series whose level may change: estimates that a few changes do not move.
namespace perfwarden::trend {

// Noise is a model of AR(1) about a level: x_t − level = φ (x_{t−1} − level) + ε.
struct Noise {
  double sd = 0;               // of one value
  double autocorrelation = 0;  // φ, 0 … 0.9
  double freedom = 1;          // degrees of freedom of sd, for a t distribution
  // Standard deviation by which a mean of n values scatters, times √n: sd · √((1 + φ) / (1 − φ)).
  [[nodiscard]] double long_run_sd() const;
};

// From the differences at lags 1 … 4, whose variance is 2 sd² (1 − φ^lag), by their median absolute deviations. φ is
// drawn towards 0.5, as if 40 more values had shown that, so that a short series is judged with care. At least 4
// values.
[[nodiscard]] Noise noise_of(std::span<const double> values);

// A copy in which no value is further than `reach` standard deviations from the median of its `window` neighbours
// (an odd number).
[[nodiscard]] std::vector<double> winsorised(std::span<const double> values, double sd, double reach,
                                             std::size_t window);

}  // namespace perfwarden::trend
