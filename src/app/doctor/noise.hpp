#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "model/position.hpp"

namespace perfwarden::app {

// For how long a suite may be measured, and what a change must then be to be seen.
inline constexpr std::array<double, 3> k_detection_s{60, 300, 900};

// NoiseOf is what one workload's identical runs differed by. Pairs are adjacent runs of fresh processes in random
// order, as `check` measures base and head.
struct NoiseOf {
  std::string workload;
  std::vector<double> first_s, second_s;  // wall time; pair i is (first_s[i], second_s[i])
  double run_s = 0;                       // median of a run
  double paired_sd = 0;                   // standard deviation of the pairs' log-ratios: the noise floor of `check`
  double cv = 0;                          // of all runs, coefficient of variation: what a comparison of two jobs meets
  // Smallest change, as a fraction, that pairs of runs of one second (or run_s, if longer) show in k_detection_s, with
  // 80 % power where the whole 99 % interval must be beyond nothing (stats/power.hpp).
  std::array<double, k_detection_s.size()> detectable{};
};

struct Noise {
  double seconds = 0;         // that measuring took
  std::size_t runs = 0;       // in all
  std::size_t disturbed = 0;  // of them, by the machine's own readings
  std::string example;        // why, of the first
  std::vector<NoiseOf> of;
  std::vector<Warning> warnings;  // what was wrong throughout
};

// Fills in what follows from first_s and second_s.
void summarise(NoiseOf& noise);

// Runs the built-in workloads in pairs for about `budget_s`, at least six pairs of each. Error (benchmark) when a run
// fails, (interrupted) on a signal.
[[nodiscard]] Result<Noise> measure_noise(World& world, double budget_s);

// As text, at most 80 columns, verdict first.
[[nodiscard]] std::string describe(const Noise& noise);

}  // namespace perfwarden::app
