#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "bench/noise.hpp"
#include "model/report.hpp"

// A run of benchmarks as `check` sees it: samples measured as long as the procedure asks, compared, and judged against
// the budget "*": +5%. What is counted of it is what an exit code comes from.
namespace perfwarden::bench {

// How pairs are measured: until decided, or a fixed number, or until decided but cut short after so many.
struct Scheme {
  std::string name;
  std::size_t fixed = 0;  // pairs of each benchmark; 0 = until decided, 50 at most
  std::size_t cut = 0;    // time ends when each has so many; 0 = never
  bool reserved = false;  // that was foreseen, and the last look moved forward to leave the confirming ones
};

struct Told {
  bool fails = false, confirmed = false, passes = false, high = false;
  double shown = k_nan, fresh = k_nan;  // the change that is shown, and by fresh pairs alone; > 0 is slower
  std::size_t pairs = 0;
};

struct Trial {
  bool fails = false;  // the run: exit code 1
  std::vector<Told> benchmarks;
};

// The budget of all trials: "*": +5%.
[[nodiscard]] Config config_of_trials();
[[nodiscard]] Trial trial_of(const std::vector<Comparison>& comparisons, const Config& config);

// One run, of which the first `changed` benchmarks are slower by `effect`.
[[nodiscard]] Trial run_trial(Setting& setting, Random& random, const Scheme& scheme, double effect,
                              std::size_t changed);

}  // namespace perfwarden::bench
