#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "model/position.hpp"

namespace perfwarden::app {

// The measuring times for which doctor says how small a change can be detected.
inline constexpr std::array<double, 3> k_detection_s{60, 300, 900};

// NoiseOf is how much identical runs of one workload differed. Pairs are adjacent runs of fresh processes in random
// order, as `check` measures base and head.
struct NoiseOf {
  std::string workload;
  std::vector<double> first_s, second_s;  // wall time; pair i is (first_s[i], second_s[i])
  double run_s = 0;                       // median of a run
  double paired_sd = 0;                   // standard deviation of the pairs' log-ratios: the noise floor of `check`
  double cv = 0;                          // of all runs, coefficient of variation: what a comparison of two jobs meets
  // Smallest change, as a fraction, that pairs of one-second runs (or run_s, if longer) detect within k_detection_s,
  // with 80 % power, when the whole 99 % interval must exclude zero (stats/power.hpp).
  std::array<double, k_detection_s.size()> detectable{};
};

struct Noise {
  double seconds = 0;         // of measuring
  std::size_t runs = 0;       // in all
  std::size_t disturbed = 0;  // runs, by the machine's own readings
  std::string example;        // why the first of them was disturbed
  std::vector<NoiseOf> of;
  std::vector<Warning> warnings;  // what was wrong throughout
};

// Computes the other fields from first_s and second_s.
void summarise(NoiseOf& noise);

// Runs the built-in workloads in pairs for about `budget_s`, at least six pairs of each. Error (benchmark) when a run
// fails, (interrupted) on a signal.
[[nodiscard]] Result<Noise> measure_noise(World& world, double budget_s);

// As text, at most 80 columns, verdict first.
[[nodiscard]] std::string describe(const Noise& noise);

}  // namespace perfwarden::app
