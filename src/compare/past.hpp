#pragma once

#include <cstddef>
#include <map>
#include <span>

#include "model/comparison.hpp"
#include "model/series.hpp"

namespace perfwarden::compare {

// A SeriesPast is what earlier runs of one benchmark on machines of this kind say about its noise. In logs; NaN
// where unknown.
struct SeriesPast {
  std::size_t runs = 0;            // runs that gave run_sd
  double run_sd = k_nan;           // of a run's median, from run to run, without changes: what no single run can see
  double paired_variance = k_nan;  // of ln(head / base) of interleaved pairs
  double noise_floor = k_nan;      // robust sd of the estimates of comparisons of identical code
};
using Past = std::map<SeriesId, SeriesPast>;

inline constexpr std::size_t k_least_runs = 5;  // fewer runs say nothing about a spread

// From a window of earlier runs in time order (a baseline directory, a store). run_sd comes from the differences of
// neighbours, winsorised at 3 robust sigmas, over √2: neither a lasting step of the history nor a spoilt run inflates
// it much. Series with values at or below 0 are left out.
[[nodiscard]] Past past_of(std::span<const Samples> runs);

// Degrees of freedom of run_sd.
[[nodiscard]] double between_runs_df(const SeriesPast& past);
// Two-sided p that a change of ln(head / base) between two runs is more than the spread from run to run: Student's t of
// log_ratio / (√2·run_sd). NaN below k_least_runs.
[[nodiscard]] double between_runs_p(const SeriesPast& past, double log_ratio);

}  // namespace perfwarden::compare
