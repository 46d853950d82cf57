#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compare/estimate.hpp"
#include "model/comparison.hpp"
#include "model/config.hpp"
#include "model/history.hpp"

namespace perfwarden::compare {

inline constexpr std::size_t k_most_advised = 1000;  // more runs than this are never advised
inline constexpr std::string_view k_hardly_helps =
    "more runs would hardly help, so use a quieter machine, short repetitions, or a budget on cpu_time or instructions";
inline constexpr double k_bound_error = 0.05;  // of each of the one-sided bounds

// What is asked of one series; without `demands`, a change of high_effect in primary metrics.
inline Demand demand_of(const Demands& demands, const StatisticsConfig& statistics, const SeriesId& id,
                        const Metric& metric, double base_median) {
  Demand demand{statistics.high_effect, metric.primary};
  if (demands) demand = demands(id, metric, base_median);
  if (!(demand.threshold > 0)) demand.threshold = statistics.high_effect;
  return demand;
}

// What all series of a run share when one is evaluated.
struct RunFacts {
  const StatisticsConfig& statistics;
  Design design = Design::interleaved;
  std::vector<MachineDifference> machine_differences;  // empty: the machines match, or nothing is known of either
  bool machine_known = true;
  const Past& past;
  const Demands& demands;  // may be empty
  std::size_t family = 0;  // series that the correction is over

  [[nodiscard]] Demand demand_of(const SeriesId& id, const Metric& metric, double base_median) const {
    return compare::demand_of(demands, statistics, id, metric, base_median);
  }
};

// A Case is a comparison in progress: first evaluated alone (estimate), then with the run's other series (decide).
struct Case {
  Comparison comparison;
  Estimate evidence;
  bool tested = false;  // evidence is set
  bool paired = false;  // by pairs; else side against side, or exactly
  bool one_process = false;
  bool coarse = false;             // its clock hides changes that matter
  bool stands = true;              // of two runs: the change exceeds the spread between runs, or that spread is known
  std::size_t adaptive_pairs = 0;  // as in Series, where pairs can be judged that way
  std::size_t last_look = 0;       // as in Series
  double threshold = 0.05;         // the change that matters
  bool decided = false;            // by decide_adaptive; nothing is left to do
};

inline void warn(Comparison& comparison, std::string code, std::string text) {
  comparison.warnings.push_back({std::move(code), std::move(text)});
}

}  // namespace perfwarden::compare
