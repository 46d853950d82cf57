#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

// Numbers to test with.
namespace perfwarden::stats::test {

inline constexpr double k_inf = std::numeric_limits<double>::infinity();

// From a normal law around `shift`; the same for the same seed.
inline std::vector<double> noise(std::size_t n, std::uint64_t seed, double shift = 0) {
  std::mt19937_64 engine(seed);
  std::normal_distribution<double> normal(shift, 1);
  std::vector<double> values(n);
  for (double& value : values) value = normal(engine);
  return values;
}

// The same, rounded to multiples of `step`, so that there are ties.
inline std::vector<double> coarse(std::vector<double> values, double step) {
  for (double& value : values) value = std::round(value / step) * step;
  return values;
}

}  // namespace perfwarden::stats::test
